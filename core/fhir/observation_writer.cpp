#include "core/fhir/observation_writer.hpp"

#include "core/fhir/group_identity.hpp"
#include "core/fhir/identity.hpp"
#include "core/fhir/observation.hpp"
#include "core/fhir/observation_mapping.hpp"
#include "core/fhir/observation_saver.hpp"
#include "core/fhir/write_errors.hpp"

namespace aorta::fhir {
namespace {

Ending failed(Error error) { return {Ending::Kind::Failed, std::move(error), {}}; }

Error no_template(std::string_view type) {
  return Error(
      "observation/no-fhir-template",
      "no template of the FHIR mapping has the typeName \"" + std::string(type) + "\": add one, or correct the type"
  );
}

}  // namespace

// A measurement group's part of a flush.
struct ObservationWriter::Share {
  const group::Group* group = nullptr;
  const ObservationTemplate* made_by = nullptr;
  Identities links = {};
  std::size_t parts_begin = 0, parts_end = 0;
  Endings endings = {};

  void fail(const Error& error) { endings.assign(endings.size(), failed(error)); }
  void end(const group::ObservationGroup& part, const Result<Ending::Kind>& outcome) {
    for (std::uint32_t m : part.measurements)
      endings[m] = outcome.has_error() ? failed(outcome.error()) : Ending{*outcome, {}, {}};
  }
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
  std::vector<Result<Identities>> ids = resolve_groups(*identities_, groups);
  std::vector<Share> shares(groups.size());
  parts_.clear();
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (ids[i].has_error() && is_of_the_store(ids[i].error())) return ids[i].error();
    shares[i].group = groups[i];
    divide(shares[i], ids[i]);
  }
  std::vector<ObservationJob> jobs;
  jobs.reserve(parts_.size());
  for (const Share& share : shares) {
    for (std::size_t k = share.parts_begin; k < share.parts_end; ++k)
      jobs.push_back({share.made_by, &parts_[k], &share.links});
  }
  AORTA_CHECK(saver_->save(jobs));

  std::vector<Endings> out;
  out.reserve(shares.size());
  auto job = jobs.cbegin();
  for (Share& share : shares) {
    for (std::size_t k = share.parts_begin; k < share.parts_end; ++k, ++job) share.end(parts_[k], *job->outcome);
    out.push_back(std::move(share.endings));
  }
  return out;
}

void ObservationWriter::divide(Share& share, const Result<Identities>& ids) {
  std::string_view type = share.group->first().type;
  share.endings.resize(share.group->measurements.size());
  if (ids.has_error()) return share.fail(staged("identity", ids.error(), type));
  share.links = *ids;
  share.made_by = mapping_.find(type);
  if (!share.made_by) return share.fail(no_template(type));
  share.parts_begin = parts_.size();
  Result<void> added = parts_.add(*share.group, share.made_by->period_interval);
  share.parts_end = parts_.size();
  if (added.has_error()) share.fail(staged("observation", added.error(), type));
}

Result<Ending::Kind> ObservationWriter::save(
    const ObservationTemplate& made_by, const group::ObservationGroup& group, const Identities& links
) {
  ObservationJob job{&made_by, &group, &links};
  AORTA_CHECK(saver_->save({&job, 1}));
  return *job.outcome;
}

}  // namespace aorta::fhir
