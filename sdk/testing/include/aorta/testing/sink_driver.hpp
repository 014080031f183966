// Drives a sink: writes groups to it and keeps what it says of each measurement.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aorta/abi/sink.h"
#include "aorta/testing/driver.hpp"

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
};

inline constexpr aorta_groups_api kTestGroups{sizeof(aorta_groups_api), 0, &GroupView::info, &GroupView::measurement};
inline constexpr aorta_results_api kTestResults{
    sizeof(aorta_results_api), 0, &TestResults::ended, &TestResults::failed};
inline constexpr aorta_observation_api kTestObservations{
    offsetof(aorta_observation_api, parts),  // which it does not offer
    0,
    &TestObservations::load,
    &TestObservations::release,
    &TestObservations::write,
    nullptr};

}  // namespace detail

// The calls of one sink. The host's Observation engine (observation/1) is a stand-in here; what it would write is
// tested with `tests:` in a pipeline file.
class SinkDriver : public Driver {
 public:
  explicit SinkDriver(const Library& library, std::string_view id, std::string_view config = "{}")
      : Driver(
            library, id, config, AORTA_SINK_ID,
            {{AORTA_GROUPS_ID, &detail::kTestGroups},
             {AORTA_RESULTS_ID, &detail::kTestResults},
             {AORTA_OBSERVATION_ID, &detail::kTestObservations}}
        ),
        results_{host().contract()} {}

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
};

}  // namespace aorta::testing
