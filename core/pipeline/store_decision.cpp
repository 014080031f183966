#include "core/pipeline/store_decision.hpp"

#include <algorithm>

#include "core/document/document.hpp"
#include "core/fhir/observation.hpp"
#include "core/fhir/resource_id.hpp"
#include "core/fhir/resource_index.hpp"

namespace aorta::pipeline {
namespace {

using document::Node;
using document::string_of;
using fhir::OverlayStore;
using fhir::Resource;
using Apart = StoreDecision::Apart;
using Kind = StoreDecision::Kind;

// The connector's own coding names the type that was measured.
std::string type_of(const Node& observation) {
  const Node* code = document::member(observation, "code");
  const Node* codings = code ? document::member(*code, "coding") : nullptr;
  if (!codings) return {};
  for (document::Child coding : document::Children(*codings)) {
    if (string_of(document::member(*coding.node, "system")) == fhir::kConnectorSystem)
      return std::string(string_of(document::member(*coding.node, "code")));
  }
  return {};
}

struct Described {
  StoredObservation observation;
  std::string device;  // "Device/…"
};

std::optional<Described> described(const Resource& resource) {
  document::Document json;
  auto index = fhir::index_resource(json, resource);
  if (index.has_error() || !index->start || !index->end) return std::nullopt;
  return Described{
      {resource.id, resource.version, type_of(json.root()), index->subject, {*index->start, *index->end}},
      index->device};
}

// Identifiers end with type and segment (FHIR-mapping spec 5).
const OverlayStore::Search* search_for(const group::ObservationGroup& of, const OverlayStore& store) {
  std::string ending = fhir::observation_identifier({}, {}, of.name, of.id_segment).value.substr(1);
  auto asks = [&](const OverlayStore::Search& search) {
    return search.query.type == "Observation" && search.query.identifier.value.ends_with(ending);
  };
  auto found = std::find_if(store.searches().begin(), store.searches().end(), asks);
  return found == store.searches().end() ? nullptr : &*found;
}

// The last: a resource may be saved more than once.
const fhir::Save* save_of(const OverlayStore& store, std::string_view type, std::string_view id) {
  auto is_it = [&](const fhir::Save& save) { return save.resource.type == type && save.resource.id == id; };
  auto found = std::find_if(store.saves().rbegin(), store.saves().rend(), is_it);
  return found == store.saves().rend() ? nullptr : &*found;
}

bool is_made(const OverlayStore& store, const std::string& reference) {
  std::size_t slash = reference.find('/');
  if (slash == std::string::npos) return false;
  const fhir::Save* save = save_of(store, reference.substr(0, slash), reference.substr(slash + 1));
  return save && save->expect.state == fhir::Expect::State::Absent;
}

std::optional<Described> newest(fhir::StoreReader& reader, const fhir::ObservationQuery& query) {
  auto found = reader.resources(query);
  return found.has_value() && !found->empty() ? described(found->back()) : std::nullopt;
}

// The last one of the device and type that begins before the end of ours; else any of the type; else any of the device.
std::optional<Described> nearest_to(const Described& ours, fhir::StoreReader& reader) {
  constexpr std::string_view kDevice = "Device/";
  if (!ours.device.starts_with(kDevice)) return std::nullopt;
  fhir::ObservationQuery query;
  query.device = ours.device.substr(kDevice.size());
  query.code = ours.observation.type;
  query.until = ours.observation.period.end;
  query.limit = 1;
  if (auto found = newest(reader, query)) return found;
  query.until.reset();
  if (auto found = newest(reader, query)) return found;
  query.code.reset();
  return newest(reader, query);
}

Apart apart(const Described& ours, const std::optional<Described>& nearest) {
  if (!nearest) return Apart::NothingOfDevice;
  if (nearest->observation.type != ours.observation.type) return Apart::OtherType;
  if (nearest->observation.patient != ours.observation.patient) return Apart::OtherPatient;
  return Apart::OtherPeriod;
}

void tell_created(StoreDecision& out, const Described& ours, const OverlayStore& store, fhir::StoreReader* reader) {
  for (const std::string& reference : {ours.observation.patient, ours.device}) {
    if (is_made(store, reference)) out.made.push_back(reference);
  }
  if (is_made(store, ours.device)) {
    out.apart = Apart::NewDevice;
  } else if (reader) {
    auto nearest = nearest_to(ours, *reader);
    out.apart = apart(ours, nearest);
    if (nearest) out.nearest = std::move(nearest->observation);
  }
}

}  // namespace

std::optional<StoreDecision> store_decision(
    const group::ObservationGroup& of, const OverlayStore& store, fhir::StoreReader* reader
) {
  const OverlayStore::Search* search = search_for(of, store);
  if (!search) return std::nullopt;
  StoreDecision out;
  out.identifier = search->query.identifier.value;
  out.id = search->query.id;
  std::optional<Resource> stored;
  for (const Resource& one : search->found) {
    if (fhir::has_exact_identifier(one.json, search->query.identifier)) stored = one;
  }
  if (stored) out.id = stored->id;
  const fhir::Save* save = save_of(store, "Observation", out.id);
  if (!stored && !save) return std::nullopt;
  auto after = described(save ? save->resource : *stored);
  if (!after) return std::nullopt;
  out.json = save ? save->resource.json : stored->json;
  out.period = after->observation.period;
  out.kind = !stored ? Kind::Created : save ? Kind::Merged : Kind::Unchanged;
  if (stored) {
    if (auto before = described(*stored)) out.met = std::move(before->observation);
  } else {
    tell_created(out, *after, store, reader);
  }
  return out;
}

}  // namespace aorta::pipeline
