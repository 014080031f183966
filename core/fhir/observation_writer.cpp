#include "core/fhir/observation_writer.hpp"

#include "core/fhir/identity.hpp"
#include "core/fhir/observation.hpp"
#include "core/fhir/observation_mapping.hpp"
#include "core/fhir/observation_saver.hpp"
#include "core/fhir/write_errors.hpp"

namespace aorta::fhir {
namespace {

Ending failed(Error error) { return {Ending::Kind::Failed, std::move(error), {}}; }

Error no_template(const std::string& type) {
  return Error(
      "observation/no-fhir-template",
      "no template of the FHIR mapping has the typeName \"" + type + "\": add one, or correct the type"
  );
}

}  // namespace

// A measurement group's part of a flush.
struct ObservationWriter::Share {
  const group::Group* group = nullptr;
  const ObservationTemplate* made_by = nullptr;
  ObservationLinks links = {};
  std::vector<group::ObservationGroup> parts = {};
  Endings endings = {};

  void fail(const Error& error) { endings.assign(endings.size(), failed(error)); }
};

ObservationWriter::ObservationWriter(
    const ObservationMapping& mapping, Store& store, IdentityOptions identity, int tries
)
    : mapping_(mapping),
      identities_(std::make_unique<IdentityResolver>(store, std::move(identity), counts_)),
      saver_(std::make_unique<ObservationSaver>(store, counts_, tries)) {}

ObservationWriter::~ObservationWriter() = default;

void ObservationWriter::rolled_back(const WriteCounts& before) {
  counts_ = before;
  identities_->forget();
}

Result<ObservationWriter::Endings> ObservationWriter::write(const group::Group& group) {
  const group::Group* one = &group;
  AORTA_TRY(endings, write({&one, 1}));
  return std::move(endings.front());
}

Result<std::vector<ObservationWriter::Endings>> ObservationWriter::write(std::span<const group::Group* const> groups) {
  std::vector<const mapping::Measurement*> firsts;
  for (const group::Group* group : groups) firsts.push_back(&group->first());
  std::vector<Result<Identities>> ids = identities_->resolve_all(firsts);

  std::vector<Share> shares(groups.size());
  std::vector<ObservationJob> jobs;
  std::vector<std::pair<std::size_t, std::size_t>> places;  // of the jobs: share and part
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (ids[i].has_error() && is_of_the_store(ids[i].error())) return ids[i].error();
    Share& share = shares[i];
    share.group = groups[i];
    divide(share, ids[i]);
    for (std::size_t k = 0; k < share.parts.size(); ++k) {
      jobs.push_back({share.made_by, &share.parts[k], &share.links});
      places.emplace_back(i, k);
    }
  }
  AORTA_CHECK(saver_->save(jobs));

  for (std::size_t j = 0; j < jobs.size(); ++j) {
    const Result<Ending::Kind>& outcome = *jobs[j].outcome;
    Share& share = shares[places[j].first];
    for (std::size_t m : share.parts[places[j].second].measurements)
      share.endings[m] = outcome.has_error() ? failed(outcome.error()) : Ending{*outcome, {}, {}};
  }
  std::vector<Endings> out;
  out.reserve(shares.size());
  for (Share& share : shares) out.push_back(std::move(share.endings));
  return out;
}

void ObservationWriter::divide(Share& share, const Result<Identities>& ids) {
  const std::string& type = share.group->first().type;
  share.endings.resize(share.group->measurements.size());
  if (ids.has_error()) return share.fail(staged("identity", ids.error(), type));
  share.links = {ids->patient, ids->device, ids->encounter};
  share.made_by = mapping_.find(type);
  if (!share.made_by) return share.fail(no_template(type));
  auto parts = group::make_observation_groups(*share.group, share.made_by->period_interval);
  if (parts.has_error()) return share.fail(staged("observation", parts.error(), type));
  share.parts = std::move(*parts);
}

Result<Ending::Kind> ObservationWriter::save(
    const ObservationTemplate& made_by, const group::ObservationGroup& group, const ObservationLinks& links
) {
  ObservationJob job{&made_by, &group, &links};
  AORTA_CHECK(saver_->save({&job, 1}));
  return *job.outcome;
}

}  // namespace aorta::fhir
