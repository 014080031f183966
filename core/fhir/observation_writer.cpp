#include "core/fhir/observation_writer.hpp"

#include "core/fhir/identity.hpp"
#include "core/fhir/observation.hpp"
#include "core/fhir/observation_mapping.hpp"
#include "core/fhir/resource_id.hpp"

namespace aorta::fhir {
namespace {

constexpr int kTries = 3;

Error staged(std::string_view stage, const Error& error, std::string_view type) {
  std::string message = "type \"" + std::string(type) + "\": " + std::string(error.message());
  return Error(std::string(stage) + "/" + std::string(error.reason()), std::move(message), error.retryable());
}

bool is_conflict(const Error& error) { return error.reason() == "conflict"; }

// What the store says of itself concerns the whole flush; the rest concerns this observation group.
bool is_of_the_store(const Error& error) {
  return error.retryable() || error.reason() == "store-full" || error.reason() == "store-unavailable" ||
         error.reason() == "store-corrupt";
}

Ending failed(Error error) { return {Ending::Kind::Failed, std::move(error), {}}; }

Expect version_of(const Resource& resource) {
  return resource.version.empty() ? Expect{Expect::State::Anything, {}} : Expect::exactly(resource.version);
}

}  // namespace

ObservationWriter::ObservationWriter(const ObservationMapping& mapping, Store& store, IdentityOptions identity)
    : mapping_(mapping),
      store_(store),
      identities_(std::make_unique<IdentityResolver>(store, std::move(identity), counts_)) {}

ObservationWriter::~ObservationWriter() = default;

void ObservationWriter::rolled_back(const WriteCounts& before) {
  counts_ = before;
  identities_->forget();
}

Result<std::vector<Ending>> ObservationWriter::write(const group::Group& group) {
  const std::string& type = group.first().type;
  std::vector<Ending> endings(group.measurements.size());
  auto all_failed = [&](Error error) -> Result<std::vector<Ending>> {
    if (is_of_the_store(error)) return error;
    endings.assign(endings.size(), failed(std::move(error)));
    return std::move(endings);
  };
  Result<Identities> ids = identities_->resolve(group.first());
  if (ids.has_error())
    return all_failed(is_of_the_store(ids.error()) ? ids.error() : staged("identity", ids.error(), type));
  const ObservationTemplate* made_by = mapping_.find(type);
  if (!made_by) {
    return all_failed(Error(
        "observation/no-fhir-template",
        "no template of the FHIR mapping has the typeName \"" + type + "\": add one, or correct the type"
    ));
  }
  auto groups = group::make_observation_groups(group, made_by->period_interval);
  if (groups.has_error()) return all_failed(staged("observation", groups.error(), type));
  for (const group::ObservationGroup& one : *groups) {
    Result<Ending::Kind> saved = save(*made_by, one, {ids->patient, ids->device, ids->encounter});
    if (saved.has_error() && is_of_the_store(saved.error())) return saved.error();
    for (std::size_t i : one.measurements)
      endings[i] = saved.has_error() ? failed(saved.error()) : Ending{*saved, {}, {}};
  }
  return endings;
}

Result<Ending::Kind> ObservationWriter::save(
    const ObservationTemplate& made_by, const group::ObservationGroup& group, const ObservationLinks& links
) {
  for (int tries = 1;; ++tries) {
    Result<Ending::Kind> saved = save_once(made_by, group, links);
    if (saved.has_value() || is_of_the_store(saved.error())) return saved;
    if (!is_conflict(saved.error()) || tries == kTries) return staged("observation", saved.error(), group.name);
  }
}

Result<Ending::Kind> ObservationWriter::save_once(
    const ObservationTemplate& made_by, const group::ObservationGroup& group, const ObservationLinks& links
) {
  Identifier identifier = observation_identifier(links.patient, links.device, group.name, group.id_segment);
  AORTA_TRY(found, store_.search("Observation", identifier));
  std::erase_if(found, [&](const Resource& r) { return !has_exact_identifier(r.json, identifier); });
  if (found.size() > 1) {
    return Error(
        "multiple-found",
        std::to_string(found.size()) +
            " Observations carry the identifier of this period, and one was expected: remove all but one"
    );
  }
  if (found.size() == 1) return merge(made_by, group, found.front());
  return create(made_by, group, links);
}

Result<Ending::Kind> ObservationWriter::create(
    const ObservationTemplate& made_by, const group::ObservationGroup& group, const ObservationLinks& links
) {
  Identifier identifier = observation_identifier(links.patient, links.device, group.name, group.id_segment);
  Resource resource{"Observation", resource_id(identifier), {}, {}};
  AORTA_TRY(json, create_observation(made_by, group, &links));
  resource.json = std::move(json);
  Result<Resource> saved = store_.save(resource, Expect::absent());
  if (saved.has_error() && is_conflict(saved.error())) {
    // A search can miss what is there already: read by id, which cannot.
    AORTA_TRY(hidden, store_.read("Observation", resource.id));
    if (!hidden) return saved.error();
    if (has_exact_identifier(hidden->json, identifier)) return merge(made_by, group, *hidden);
    saved = store_.save(resource, version_of(*hidden));
  }
  if (saved.has_error()) return saved.error();
  ++counts_.observations_created;
  return Ending::Kind::Written;
}

Result<Ending::Kind> ObservationWriter::merge(
    const ObservationTemplate& made_by, const group::ObservationGroup& group, const Resource& existing
) {
  AORTA_TRY(merged, merge_observation(made_by, group, existing.json, Amend::WhenChanged));
  if (!merged.changed) {
    ++counts_.observations_unchanged;
    return Ending::Kind::Merged;
  }
  AORTA_CHECK(store_.save({"Observation", existing.id, {}, std::move(merged.json)}, version_of(existing)));
  ++counts_.observations_updated;
  return Ending::Kind::Merged;
}

}  // namespace aorta::fhir
