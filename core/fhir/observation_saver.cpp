#include "core/fhir/observation_saver.hpp"

#include "core/base/time.hpp"
#include "core/fhir/identities.hpp"
#include "core/fhir/observation_mapping.hpp"
#include "core/fhir/resource_id.hpp"
#include "core/fhir/write_errors.hpp"

namespace aorta::fhir {

Result<void> ObservationSaver::save(std::span<ObservationJob> jobs) {
  jobs_ = jobs;
  issued_ = round_trip_text(utc_now());
  queries_.clear();
  queries_.reserve(jobs.size());
  printer_.begin();
  ObservationNames names;
  for (const ObservationJob& job : jobs) {
    Query& query = queries_.emplace_back(Query{"Observation", {std::string(kConnectorSystem), {}}, {}});
    const group::ObservationGroup& period = *job.group;
    Sha256::Hex id = names.name(*job.links->namer, period.name, period.id_segment, query.identifier.value);
    query.id.assign(id.data(), id.size());
  }
  return run(queries_);
}

bool ObservationSaver::is_meant(std::size_t job, const Resource& found) const {
  return has_exact_identifier(found.json, queries_[job].identifier);
}

std::optional<std::string> ObservationSaver::create(std::size_t index) {
  const ObservationJob& job = jobs_[index];
  const Query& query = queries_[index];
  const Identities& links = *job.links;
  NewObservation as{links.patient, links.device, links.encounter, query.id, query.identifier.value, issued_};
  Result<std::string_view> json = printer_.print(*job.made_by, *job.group, as);
  if (json.has_value()) return std::string(*json);
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
