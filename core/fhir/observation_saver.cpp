#include "core/fhir/observation_saver.hpp"

#include "core/fhir/observation_mapping.hpp"
#include "core/fhir/resource_id.hpp"
#include "core/fhir/write_errors.hpp"

namespace aorta::fhir {

Result<void> ObservationSaver::save(std::span<ObservationJob> jobs) {
  jobs_ = jobs;
  queries_.clear();
  queries_.reserve(jobs.size());
  for (const ObservationJob& job : jobs) {
    const ObservationLinks& links = *job.links;
    Identifier identifier = observation_identifier(links.patient, links.device, job.group->name, job.group->id_segment);
    std::string id = resource_id(identifier);
    queries_.push_back({"Observation", std::move(identifier), std::move(id)});
  }
  return run(queries_);
}

bool ObservationSaver::is_meant(std::size_t job, const Resource& found) const {
  return has_exact_identifier(found.json, queries_[job].identifier);
}

std::optional<std::string> ObservationSaver::create(std::size_t index) {
  const ObservationJob& job = jobs_[index];
  Result<std::string> json = create_observation(*job.made_by, *job.group, job.links);
  if (json.has_value()) return std::move(*json);
  end_failed(index, json.error());
  return std::nullopt;
}

std::optional<std::string> ObservationSaver::merge(std::size_t index, const Resource& existing) {
  ObservationJob& job = jobs_[index];
  Result<MergedObservation> merged = merge_observation(*job.made_by, *job.group, existing.json, Amend::WhenChanged);
  if (merged.has_value() && merged->changed) return std::move(merged->json);
  if (merged.has_error()) {
    end_failed(index, merged.error());
  } else {
    ++counts_.observations_unchanged;
    job.outcome = Ending::Kind::Merged;
  }
  return std::nullopt;
}

void ObservationSaver::end_saved(std::size_t job, const Resource&, bool created) {
  ++(created ? counts_.observations_created : counts_.observations_updated);
  jobs_[job].outcome = created ? Ending::Kind::Written : Ending::Kind::Merged;
}

void ObservationSaver::end_failed(std::size_t job, const Error& error) {
  jobs_[job].outcome = staged("observation", error, jobs_[job].group->name);
}

Error ObservationSaver::multiple_found(std::size_t count) const {
  return Error(
      "multiple-found",
      std::to_string(count) +
          " Observations carry the identifier of this period, and one was expected: remove all but one"
  );
}

}  // namespace aorta::fhir
