#include "core/plugin/services_store.hpp"

#include <memory>
#include <vector>

#include "core/fhir/memory_store.hpp"
#include "core/plugin/failure.hpp"
#include "core/plugin/host_interfaces.hpp"

struct aorta_test_store {
  aorta::fhir::MemoryStore store;
  // The host's fhir/1 works in the name of this one.
  std::unique_ptr<aorta::plugin::Instance> instance =
      aorta::plugin::Instance::stand_in({.name = "test"}, {.store = &store, .identity = {}});
};

namespace aorta::plugin {
namespace {

// What the host's own function said, told to the host under test.
std::int32_t tell(const aorta_host* host, std::int32_t code) {
  if (code != AORTA_OK) host->fail(host, code, to_abi(last_failure().reason), to_abi(last_failure().message));
  return code;
}

group::Member first_of(const aorta_groups_api* api, const aorta_group* group) {
  aorta_group_info info{};
  info.size = sizeof info;
  api->info(group, &info);
  group::Member member;
  member.type = view(info.type);
  member.device = view(info.device);
  member.patient = view(info.patient);
  member.encounter = view(info.encounter);
  member.correlation = view(info.correlation);
  return member;
}

// A job whose failures are told to the host under test, where the host's own code does not look.
struct Relay {
  const aorta_host* host;
  const aorta_fhir_job* job;

  static std::int32_t compose(void* self, aorta_str id, aorta_document* existing, aorta_str* json) {
    const Relay& relay = *static_cast<Relay*>(self);
    std::int32_t code = relay.job->compose(relay.job->self, id, existing, json);
    if (code != AORTA_OK) relay.take_failure();
    return code;
  }
  static void ended(void* self, std::int32_t outcome, aorta_str id, aorta_str reason, aorta_str message) {
    const Relay& relay = *static_cast<Relay*>(self);
    relay.job->ended(relay.job->self, outcome, id, reason, message);
  }

 private:
  void take_failure() const {
    const auto* api = static_cast<const aorta_failure*>(host->get(host, to_abi(AORTA_FAILURE_ID)));
    std::int32_t code = AORTA_OK;
    aorta_str reason{}, message{};
    if (api) api->last(host, &code, &reason, &message);
    last_failure() = {code, std::string(view(reason)), std::string(view(message))};
  }
};

}  // namespace

aorta_test_store* make_test_store() { return new aorta_test_store; }
void release_test_store(aorta_test_store* store) { delete store; }

std::int32_t identify_in(
    aorta_test_store* store, const aorta_host* host, const aorta_groups_api* groups_api,
    const aorta_group* const* groups, std::uint64_t count, void* self,
    void (*each)(void* self, std::uint64_t index, const aorta_fhir_identity* identity)
) {
  std::vector<group::Member> firsts;
  for (std::uint64_t i = 0; i < count; ++i) firsts.push_back(first_of(groups_api, groups[i]));
  std::vector<group::Group> own;
  for (const group::Member& first : firsts) own.push_back({.measurements = {&first, 1}});
  GroupHandles handles(own);
  return tell(host, kFhirApi.identify(store->instance->host(), handles.pointers(), count, self, each));
}

std::int32_t find_in(
    aorta_test_store* store, const aorta_host* host, const aorta_fhir_name* const* names, std::uint64_t count,
    void* self, void (*each)(void* self, std::uint64_t index, aorta_str id, aorta_document* resource)
) {
  return tell(host, kFhirApi.find(store->instance->host(), names, count, self, each));
}

std::int32_t update_in(
    aorta_test_store* store, const aorta_host* host, const aorta_fhir_job* const* jobs, std::uint64_t count
) {
  std::vector<Relay> relays;
  for (std::uint64_t i = 0; i < count; ++i) relays.push_back({host, jobs[i]});
  std::vector<aorta_fhir_job> own;
  for (Relay& relay : relays)
    own.push_back({sizeof(aorta_fhir_job), 0, relay.job->name, relay.job->id, &relay, &Relay::compose, &Relay::ended});
  std::vector<const aorta_fhir_job*> pointers;
  for (const aorta_fhir_job& job : own) pointers.push_back(&job);
  return tell(host, kFhirApi.update(store->instance->host(), pointers.data(), count));
}

void each_resource_of(
    const aorta_test_store* store, void* self, void (*each)(void* self, aorta_str type, aorta_str id, aorta_str json)
) {
  for (const fhir::Resource& one : store->store.all()) each(self, to_abi(one.type), to_abi(one.id), to_abi(one.json));
}

}  // namespace aorta::plugin
