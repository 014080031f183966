#include "core/fhir/resource_saver.hpp"

#include "core/document/document.hpp"
#include "core/fhir/json_compare.hpp"
#include "core/fhir/resource_id.hpp"
#include "core/fhir/resource_index.hpp"

namespace aorta::fhir {
namespace {

// "resource/conflict"; reasons of a plugin's own that name their stage stay.
Error of_resource(const std::string& type, const Error& error) {
  std::string reason(error.reason());
  if (reason.find('/') == std::string::npos) reason = "resource/" + reason;
  return Error(std::move(reason), type + ": " + std::string(error.message()));
}

// The resource as it is to be from what is stored; nothing with the end of a job that leaves it as it is.
struct Changed {
  std::optional<std::string> json;
  ResourceEnd otherwise = ResourceEnd::Unchanged;
};

Result<Changed> change(const ResourceJob& job, const Resource& existing) {
  document::Document before;
  document::Document after;
  if (before.read_value(existing.json, document::kPlainJson).has_error())
    return Error("not-json", "what is stored is no JSON");
  AORTA_TRY(json, job.compose(existing.id, &before));
  if (!json) return Changed{std::nullopt, ResourceEnd::LeftOut};
  if (after.read_value(*json, document::kPlainJson).has_error())
    return Error("not-json", "what was composed is no JSON");
  if (same_content(before.root(), after.root())) return Changed{};
  return Changed{std::move(json)};
}

}  // namespace

Result<void> ResourceSaver::save(std::span<ResourceJob> jobs) {
  jobs_ = jobs;
  std::vector<Query> queries;
  queries.reserve(jobs.size());
  for (ResourceJob& job : jobs) {
    if (!job.identifier.value.empty()) job.id = resource_id(job.identifier);
    queries.push_back({job.type, job.identifier, job.id});
  }
  return run(queries);
}

bool ResourceSaver::is_meant(std::size_t job, const Resource& found) const {
  document::Document json;
  Result<ResourceIndex> index = index_resource(json, found);
  return index.has_value() && carries(*index, jobs_[job].identifier);
}

std::optional<std::string> ResourceSaver::create(std::size_t index) {
  ResourceJob& job = jobs_[index];
  Result<std::optional<std::string>> json = job.compose(job.id, nullptr);
  if (json.has_error()) {
    end_failed(index, json.error());
    return std::nullopt;
  }
  if (!*json) job.outcome = ResourceEnd::LeftOut;
  return std::move(*json);
}

std::optional<std::string> ResourceSaver::merge(std::size_t index, const Resource& existing) {
  ResourceJob& job = jobs_[index];
  Result<Changed> changed = change(job, existing);
  if (changed.has_error()) {
    end_failed(index, changed.error());
    return std::nullopt;
  }
  if (changed->json) return std::move(changed->json);
  job.outcome = changed->otherwise;
  job.id = existing.id;
  return std::nullopt;
}

void ResourceSaver::end_saved(std::size_t job, const Resource& saved, bool created) {
  jobs_[job].id = saved.id;
  jobs_[job].outcome = created ? ResourceEnd::Created : ResourceEnd::Changed;
}

void ResourceSaver::end_failed(std::size_t job, const Error& error) {
  jobs_[job].outcome = of_resource(jobs_[job].type, error);
}

Error ResourceSaver::multiple_found(std::size_t count) const {
  return Error(
      "multiple-found",
      std::to_string(count) + " resources carry the identifier of this one, and one was expected: remove all but one"
  );
}

}  // namespace aorta::fhir
