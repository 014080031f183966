// Drives a sink: writes groups to it and keeps what it says of each measurement.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aorta/abi/sink.h"
#include "aorta/testing/driver.hpp"
#include "aorta/testing/services.h"

namespace aorta::testing {

struct TestMeasurement {
  aorta_time occurred{};
  std::vector<std::pair<std::string, std::string>> values{};
};
// What one flush brings of one device.
struct TestGroup {
  std::string type = "heartrate";
  std::string device = "d1";
  std::vector<TestMeasurement> measurements{};
  std::optional<std::string> patient{}, encounter{}, correlation{};
};
// What the sink said of one measurement.
struct Said {
  int times = 0;
  std::int32_t outcome = 0;  // AORTA_WRITTEN, AORTA_MERGED, AORTA_FILTERED; 0: failed, or nothing was said
  std::string reason{};
  std::string message{};
};

namespace detail {

struct GroupView {
  const TestGroup* group;
  std::uint64_t index;
  std::vector<std::vector<aorta_pair>> pairs{};

  static const GroupView& of(const aorta_group* handle) { return *reinterpret_cast<const GroupView*>(handle); }
  const aorta_group* handle() const { return reinterpret_cast<const aorta_group*>(this); }

  static void info(const aorta_group* handle, aorta_group_info* out) {
    const TestGroup& g = *of(handle).group;
    auto optional = [](const std::optional<std::string>& text) { return text ? to_abi(*text) : aorta_str{}; };
    fill(
        out,
        aorta_group_info{
            out->size, 0, to_abi(g.type), to_abi(g.device), optional(g.patient), optional(g.encounter),
            optional(g.correlation), g.measurements.size()}
    );
  }
  static std::int32_t measurement(const aorta_group* handle, std::uint64_t index, aorta_group_measurement* out) {
    const GroupView& g = of(handle);
    if (index >= g.group->measurements.size()) return 0;
    const auto& pairs = g.pairs[index];
    fill(out, aorta_group_measurement{out->size, 0, g.group->measurements[index].occurred, pairs.data(), pairs.size()});
    return 1;
  }
  // Only what the caller's struct has room for.
  template <class Struct>
  static void fill(Struct* out, const Struct& from) {
    std::memcpy(out, &from, std::min<std::size_t>(out->size, sizeof(Struct)));
  }
};

struct TestResults {
  Contract& contract;
  std::vector<std::vector<Said>> said{};
  bool open = false;

  static TestResults& of(aorta_results* handle) { return *reinterpret_cast<TestResults*>(handle); }
  aorta_results* handle() { return reinterpret_cast<aorta_results*>(this); }

  static void ended(aorta_results* handle, std::uint64_t group, std::uint64_t m, std::int32_t outcome, aorta_str rule) {
    TestResults& results = of(handle);
    if (outcome < AORTA_WRITTEN || outcome > AORTA_FILTERED)
      results.contract.broke("results/1 ended() got the outcome " + std::to_string(outcome) + ", which is none");
    if (outcome == AORTA_FILTERED && view(rule).empty())
      results.contract.broke("a measurement was filtered without the name of a rule");
    results.say(group, m, {1, outcome, std::string(view(rule)), {}});
  }
  static void failed(aorta_results* handle, std::uint64_t group, std::uint64_t m, aorta_str reason, aorta_str message) {
    TestResults& results = of(handle);
    if (!is_reason(view(reason)))
      results.contract.broke(
          "a measurement failed with the reason \"" + std::string(view(reason)) + "\"; a reason is kebab-case"
      );
    results.say(group, m, {1, 0, std::string(view(reason)), std::string(view(message))});
  }
  void say(std::uint64_t group, std::uint64_t m, Said word) {
    if (!open) return contract.broke("results/1 was called outside write()");
    if (group >= said.size() || m >= said[group].size())
      return contract.broke("results/1 was told of a measurement that was not given; indexes begin at 0");
    word.times = said[group][m].times + 1;
    said[group][m] = std::move(word);
  }
};

// observation/1 in a test: takes any mapping, and writes everything nowhere.
struct TestObservations {
  static aorta_observation_mapping* load(const aorta_host*, aorta_str, aorta_str) {
    static char handle;
    return reinterpret_cast<aorta_observation_mapping*>(&handle);
  }
  static aorta_observation_mapping* load_with_profile(
      const aorta_host* host, aorta_str file, aorta_str text, aorta_str
  ) {
    return load(host, file, text);
  }
  static void release(aorta_observation_mapping*) {}
  static std::int32_t write(
      const aorta_host*, aorta_observation_mapping*, const aorta_group* const* groups, std::uint64_t count,
      aorta_results* results
  ) {
    for (std::uint64_t g = 0; g < count; ++g) {
      const GroupView& group = GroupView::of(groups[g]);
      for (std::uint64_t m = 0; m < group.group->measurements.size(); ++m)
        TestResults::ended(results, group.index, m, AORTA_WRITTEN, {});
    }
    return AORTA_OK;
  }
  // One Observation of each measurement.
  static std::int32_t parts(
      const aorta_host*, aorta_observation_mapping*, const aorta_group* group, aorta_str patient, aorta_str device,
      void* self, void (*each)(void* self, const aorta_observation_part* part)
  ) {
    const TestGroup& from = *GroupView::of(group).group;
    for (std::uint64_t m = 0; m < from.measurements.size(); ++m) {
      aorta_time at = from.measurements[m].occurred;
      std::string value = std::string(view(patient)) + "." + std::string(view(device)) + "." + std::to_string(at.ticks);
      aorta_observation_part part{
          sizeof(aorta_observation_part), 0, to_abi("aorta-test"), to_abi(value), at, at, &m, 1};
      each(self, &part);
    }
    return AORTA_OK;
  }
};

// fhir/1 in a test: the host's own, over a store in memory.
struct TestFhir {
  static aorta_test_store* of(const aorta_host* host) {
    return static_cast<aorta_test_store*>(FakeHost::state_of(host));
  }
  static std::int32_t identify(
      const aorta_host* host, const aorta_group* const* groups, std::uint64_t count, void* self,
      void (*each)(void* self, std::uint64_t index, const aorta_fhir_identity* identity)
  );
  static std::int32_t find(
      const aorta_host* host, const aorta_fhir_name* const* names, std::uint64_t count, void* self,
      void (*each)(void* self, std::uint64_t index, aorta_str id, aorta_document* resource)
  ) {
    return aorta_services_v1.find(of(host), host, names, count, self, each);
  }
  static std::int32_t update(const aorta_host* host, const aorta_fhir_job* const* jobs, std::uint64_t count) {
    return aorta_services_v1.update(of(host), host, jobs, count);
  }
  static void id(aorta_str system, aorta_str value, char* out) { aorta_services_v1.fhir_id(system, value, out); }
};

inline constexpr aorta_groups_api kTestGroups{sizeof(aorta_groups_api), 0, &GroupView::info, &GroupView::measurement};
inline constexpr aorta_results_api kTestResults{
    sizeof(aorta_results_api), 0, &TestResults::ended, &TestResults::failed};
inline constexpr aorta_observation_api kTestObservations{
    sizeof(aorta_observation_api),
    0,
    &TestObservations::load,
    &TestObservations::release,
    &TestObservations::write,
    &TestObservations::parts,
    &TestObservations::load_with_profile};
inline constexpr aorta_fhir_api kTestFhir{
    sizeof(aorta_fhir_api), 0, &TestFhir::identify, &TestFhir::find, &TestFhir::update, &TestFhir::id};

inline std::int32_t TestFhir::identify(
    const aorta_host* host, const aorta_group* const* groups, std::uint64_t count, void* self,
    void (*each)(void* self, std::uint64_t index, const aorta_fhir_identity* identity)
) {
  return aorta_services_v1.identify(of(host), host, &kTestGroups, groups, count, self, each);
}

}  // namespace detail

// A resource that a sink has written.
struct StoredResource {
  std::string type, id, json;
};

// The calls of one sink. fhir/1 is the host's own over a store in memory. The Observation engine (observation/1) is a
// stand-in; what it would write is tested with `tests:` in a pipeline file.
class SinkDriver : public Driver {
 public:
  explicit SinkDriver(const Library& library, std::string_view id, std::string_view config = "{}")
      : SinkDriver(library, id, config, nullptr) {}
  // In this world, which outlives it.
  SinkDriver(const Library& library, std::string_view id, std::string_view config, Fakes& world)
      : SinkDriver(library, id, config, &world) {}

  // What lies in its store, by type and id.
  std::vector<StoredResource> stored() const {
    std::vector<StoredResource> out;
    auto add = [](void* self, aorta_str type, aorta_str id, aorta_str json) {
      auto text = [](aorta_str from) { return std::string(view(from)); };
      static_cast<std::vector<StoredResource>*>(self)->push_back({text(type), text(id), text(json)});
    };
    aorta_services_v1.each_resource(store_.get(), &out, add);
    return out;
  }

  struct Written {
    Answer answer;
    std::vector<std::vector<Said>> said;  // as groups and measurements were given
  };
  Written write(const std::vector<TestGroup>& groups) {
    std::vector<detail::GroupView> views = views_of(groups);
    std::vector<const aorta_group*> handles;
    for (const auto& one : views) handles.push_back(one.handle());
    results_.said.clear();
    for (const TestGroup& group : groups) results_.said.emplace_back(group.measurements.size());
    results_.open = true;
    Answer answer = host().call("write()", [&] {
      return api<aorta_sink>().write(self(), handles.data(), handles.size(), results_.handle());
    });
    results_.open = false;
    check(answer);
    return {std::move(answer), results_.said};
  }

 private:
  SinkDriver(const Library& library, std::string_view id, std::string_view config, Fakes* world)
      : Driver(
            library, id, config, AORTA_SINK_ID,
            {{AORTA_GROUPS_ID, &detail::kTestGroups},
             {AORTA_RESULTS_ID, &detail::kTestResults},
             {AORTA_OBSERVATION_ID, &detail::kTestObservations},
             {AORTA_DOCUMENT_ID, aorta_services_v1.document},
             {AORTA_FHIR_ID, &detail::kTestFhir}},
            world
        ),
        results_{host().contract()},
        store_(aorta_services_v1.make_store(), aorta_services_v1.release_store) {
    host().keep_state(store_.get());
  }
  static std::vector<detail::GroupView> views_of(const std::vector<TestGroup>& groups) {
    std::vector<detail::GroupView> out;
    for (const TestGroup& group : groups) {
      detail::GroupView one{&group, out.size()};
      for (const TestMeasurement& m : group.measurements) {
        auto& pairs = one.pairs.emplace_back();
        for (const auto& value : m.values) pairs.push_back({to_abi(value.first), to_abi(value.second)});
      }
      out.push_back(std::move(one));
    }
    return out;
  }
  void check(const Answer& answer) {
    if (answer.code == AORTA_END) broke("write() returned AORTA_END, a code of sources");
    for (const auto& group : results_.said) {
      for (const Said& said : group) {
        if (answer.ok() && said.times == 0)
          broke("write() said nothing of a measurement; tell results/1 of each one what became of it");
        if (said.times > 1) broke("write() told more than once what became of a measurement; each one ends once");
      }
    }
  }

  detail::TestResults results_;
  std::unique_ptr<aorta_test_store, void (*)(aorta_test_store*)> store_;
};

}  // namespace aorta::testing
