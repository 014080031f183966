// fhir/1
#include <algorithm>

#include "core/fhir/group_identity.hpp"
#include "core/fhir/resource_id.hpp"
#include "core/fhir/write_errors.hpp"
#include "core/plugin/failure.hpp"
#include "core/plugin/fhir_access.hpp"
#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/instance.hpp"

namespace aorta::plugin {
namespace {

using fhir::ResourceEnd;
using fhir::ResourceJob;

void tell_identity(
    std::uint64_t index, std::string_view type, const Result<fhir::Identities>& found, void* self,
    void (*each)(void*, std::uint64_t, const aorta_fhir_identity*)
) {
  aorta_fhir_identity out{};
  out.size = sizeof out;
  if (found.has_value()) {
    out.device = to_abi(found->device);
    out.patient = to_abi(found->patient);
    if (!found->encounter.empty()) out.encounter = to_abi(found->encounter);
    return each(self, index, &out);
  }
  Error error = fhir::staged("identity", found.error(), type);
  out.code = AORTA_REJECT;
  out.reason = to_abi(error.reason());
  out.message = to_abi(error.message());
  each(self, index, &out);
}

std::int32_t identify(
    const aorta_host* host, const aorta_group* const* groups, std::uint64_t count, void* self,
    void (*each)(void* self, std::uint64_t index, const aorta_fhir_identity* identity)
) {
  Instance& instance = Instance::of(host);
  if (!instance.home().store) return fail_with(no_store(), AORTA_FATAL);
  std::vector<const group::Group*> asked;
  for (std::uint64_t i = 0; i < count; ++i) asked.push_back(groups[i]->group);
  std::vector<Result<fhir::Identities>> found = fhir::resolve_groups(instance.fhir().identities, asked);
  for (const auto& one : found) {
    if (one.has_error() && fhir::is_of_the_store(one.error())) return fail_with(one.error(), AORTA_FATAL);
  }
  for (std::uint64_t i = 0; i < count; ++i) tell_identity(i, asked[i]->first().type, found[i], self, each);
  return AORTA_OK;
}

fhir::Identifier identifier_of(const aorta_fhir_name& name) {
  return {std::string(view(name.system)), std::string(view(name.value))};
}

std::int32_t find(
    const aorta_host* host, const aorta_fhir_name* const* names, std::uint64_t count, void* self,
    void (*each)(void* self, std::uint64_t index, aorta_str id, aorta_document* resource)
) {
  Instance& instance = Instance::of(host);
  if (!instance.home().store) return fail_with(no_store(), AORTA_FATAL);
  std::vector<fhir::Query> queries;
  for (std::uint64_t i = 0; i < count; ++i) {
    fhir::Identifier identifier = identifier_of(*names[i]);
    std::string id = fhir::resource_id(identifier);
    queries.push_back({std::string(view(names[i]->type)), std::move(identifier), std::move(id)});
  }
  auto answers = instance.home().store->search_all(queries);
  for (const auto& answer : answers) {
    if (answer.has_error() && fhir::is_of_the_store(answer.error())) return fail_with(answer.error(), AORTA_FATAL);
  }
  document::Document json;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (answers[i].has_error()) continue;  // of this name alone: as good as not there
    for (const fhir::Resource& one : *answers[i]) {
      if (json.read_value(one.json, document::kPlainJson).has_error()) continue;
      each(self, i, to_abi(one.id), to_abi(&json));
    }
  }
  return AORTA_OK;
}

Error said_by_plugin() {
  const Failure& failure = last_failure();
  if (failure.code == AORTA_OK) return Error("plugin-said-nothing", "the plugin failed and did not say why");
  return Error(failure.reason.empty() ? "plugin-failed" : failure.reason, failure.message);
}

ResourceJob job_of(const aorta_fhir_job& from) {
  ResourceJob job;
  job.type = std::string(view(from.name.type));
  job.identifier = identifier_of(from.name);
  job.id = std::string(view(from.id));
  job.compose = [&from](const std::string& id, document::Document* existing) -> Result<std::optional<std::string>> {
    aorta_str json{};
    last_failure().code = AORTA_OK;
    if (from.compose(from.self, to_abi(id), existing ? to_abi(existing) : nullptr, &json) != AORTA_OK)
      return said_by_plugin();
    if (!json.data) return std::optional<std::string>();
    return std::optional(std::string(view(json)));
  };
  return job;
}

std::int32_t outcome_of(ResourceEnd end) {
  switch (end) {
    case ResourceEnd::Created:
      return AORTA_WRITTEN;
    case ResourceEnd::Changed:
    case ResourceEnd::Unchanged:
      return AORTA_MERGED;
    case ResourceEnd::LeftOut:
      break;
  }
  return AORTA_FILTERED;
}

void tell_end(const aorta_fhir_job& to, const ResourceJob& job) {
  if (job.outcome->has_value()) return to.ended(to.self, outcome_of(**job.outcome), to_abi(job.id), {}, {});
  const Error& error = job.outcome->error();
  to.ended(to.self, AORTA_DEAD_LETTERED, {}, to_abi(error.reason()), to_abi(error.message()));
}

std::int32_t update(const aorta_host* host, const aorta_fhir_job* const* jobs, std::uint64_t count) {
  Instance& instance = Instance::of(host);
  if (!instance.home().store) return fail_with(no_store(), AORTA_FATAL);
  std::vector<ResourceJob> all;
  for (std::uint64_t i = 0; i < count; ++i) all.push_back(job_of(*jobs[i]));
  Result<void> saved = instance.fhir().saver.save(all);
  if (saved.has_error()) return fail_with(saved.error(), AORTA_FATAL);
  for (std::uint64_t i = 0; i < count; ++i) tell_end(*jobs[i], all[i]);
  return AORTA_OK;
}

void id(aorta_str system, aorta_str value, char* out) {
  std::string text = fhir::resource_id(view(system), view(value));
  std::copy(text.begin(), text.end(), out);
}

}  // namespace

const aorta_fhir_api kFhirApi{sizeof(aorta_fhir_api), 0, &identify, &find, &update, &id};

}  // namespace aorta::plugin
