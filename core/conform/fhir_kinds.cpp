#include <algorithm>
#include <cstdint>

#include "core/base/blank.hpp"
#include "core/conform/kinds.hpp"
#include "core/conform/measurement_reader.hpp"
#include "core/conform/request.hpp"
#include "core/document/convert.hpp"
#include "core/fhir/identity.hpp"
#include "core/fhir/memory_store.hpp"
#include "core/fhir/observation.hpp"
#include "core/fhir/observation_mapping.hpp"
#include "core/fhir/resource_index.hpp"

namespace aorta::conform {

using document::Child;
using document::Children;
using document::Node;
using fhir::JsonWriter;

namespace {

// An observation group, and what its lists live in.
struct GivenGroup {
  group::ObservationGroup group;
  std::vector<std::vector<group::TimedValue>> values = {};
  std::vector<group::Series> series = {};
};

Result<GivenGroup> read_observation_group(const Node& node) {
  GivenGroup out;
  out.group.name = string_of(document::member(node, "name"));
  const Node& boundary = list_of(node, "boundary");
  std::optional<DateTime> start = read_time(string_of(document::element(boundary, 0)));
  std::optional<DateTime> end = read_time(string_of(document::element(boundary, 1)));
  if (!start || !end) return Error("request", "the boundary is no pair of times");
  out.group.boundary = {*start, *end};
  for (Child series : Children(list_of(node, "values"))) {
    AORTA_TRY(values, read_values(*series.node));
    out.values.push_back(std::move(values));
    out.series.push_back({series.name, out.values.back()});
  }
  out.group.series = out.series;
  return out;
}

Result<fhir::ObservationMapping> read_mapping(const Node& request) {
  fhir::ObservationMapping out = fhir::ObservationMapping::load(text_of(request, "fhirMapping"));
  if (!out.problems().empty())
    return Error("mapping", "the FHIR mapping has faults: " + out.problems().front().message);
  return out;
}

Result<const fhir::ObservationTemplate*> template_for(const fhir::ObservationMapping& mapping, std::string_view type) {
  const fhir::ObservationTemplate* found = mapping.find(type);
  if (!found) return Error("no-fhir-template", "no template has the typeName \"" + std::string(type) + "\"");
  return found;
}

Result<std::string> created(const Node& request) {
  AORTA_TRY(mapping, read_mapping(request));
  AORTA_TRY(group, read_observation_group(list_of(request, "group")));
  AORTA_TRY(made_by, template_for(mapping, group.group.name));
  return fhir::create_observation(*made_by, group.group);
}

std::string json_of(const Node& node) {
  std::string json;
  JsonWriter(json).copy({}, node);
  return json;
}

// As a store gives it back.
std::string stored_json(const Node& resource) {
  std::string json;
  JsonWriter out(json);
  fhir::copy_trimmed(out, {}, resource);
  return json;
}

Result<fhir::MergedObservation> merged(const Node& request) {
  AORTA_TRY(mapping, read_mapping(request));
  AORTA_TRY(group, read_observation_group(list_of(request, "group")));
  AORTA_TRY(made_by, template_for(mapping, group.group.name));
  fhir::Amend amend = is_true(document::member(request, "save")) ? fhir::Amend::WhenChanged : fhir::Amend::No;
  return fhir::merge_observation(*made_by, group.group, stored_json(list_of(request, "existing")), amend);
}

// A server that answers the next writes with given statuses.
class ScriptedStore : public fhir::MemoryStore {
 public:
  explicit ScriptedStore(const Node& statuses) {
    for (Child status : Children(statuses)) statuses_.push_back(status.node->integer);
    std::reverse(statuses_.begin(), statuses_.end());
  }

  Result<fhir::Resource> save(const fhir::Resource& resource, const fhir::Expect& expect) override {
    std::int64_t status = statuses_.empty() ? 0 : statuses_.back();
    if (!statuses_.empty()) statuses_.pop_back();
    if (status == 409 || status == 412) return Error("conflict", "the server answers " + std::to_string(status));
    if (status != 0) return Error("store-unavailable", "the server answers " + std::to_string(status), true);
    return MemoryStore::save(resource, expect);
  }

 private:
  std::vector<std::int64_t> statuses_;
};

Result<void> fill(fhir::MemoryStore& store, const Node& server) {
  for (Child resource : Children(server)) {
    std::string type(string_of(document::member(*resource.node, "resourceType")));
    std::string id(string_of(document::member(*resource.node, "id")));
    AORTA_CHECK(store.put({type, id, {}, json_of(*resource.node)}));
  }
  return {};
}

void write_resources(JsonWriter& out, std::string_view name, const fhir::MemoryStore& store) {
  std::string list = "[";
  for (const fhir::Resource& resource : store.all()) list += (list.size() > 1 ? "," : "") + resource.json;
  out.raw(name, list + "]");
}

std::string error_json(std::string_view error_class, const Error& error) {
  return "{" + error_answer(error_class, error.message()).substr(9);
}

fhir::Identities read_links(const Node& ids) {
  return {
      std::string(string_of(document::member(ids, "patient"))), std::string(string_of(document::member(ids, "device"))),
      std::string(string_of(document::member(ids, "encounter")))};
}

// One batch. As in the reference, the first failure ends it, so that Observations can be compared; a pipeline's writer
// goes on.
Result<void> run_step(
    const Node& request, const Node& step, const fhir::ObservationMapping& mapping, fhir::ObservationWriter& writer
) {
  if (!mapping.problems().empty()) return Error("mapping", mapping.problems().front().message);
  fhir::Identities links = read_links(list_of(request, "ids"));
  if (is_blank(links.patient) || is_blank(links.device))
    return Error("ids", "patient and device ids must not be blank");
  if (is_blank(links.encounter)) links.encounter.clear();
  std::string_view type = text_of(request, "type");
  std::optional<std::string> correlation = optional_of(document::member(request, "correlationId"));
  AORTA_TRY(measurements, read_measurements(step, type, correlation));
  AORTA_TRY(made_by, template_for(mapping, type));
  group::GroupParts parts{
      type, correlation ? std::string_view(*correlation) : std::string_view(), measurements.members()};
  AORTA_TRY(groups, group::make_observation_groups(parts, made_by->period_interval));
  for (const group::ObservationGroup& group : groups) AORTA_CHECK(writer.save(*made_by, group, links));
  return {};
}

// Identity

std::string_view identity_class(const Error& error) {
  std::string_view reason = error.reason();
  if (reason.ends_with("-not-found")) return "not-found";
  if (reason.ends_with("-not-defined")) return "not-defined";
  if (reason == "patient-mismatch") return "mismatch";
  if (reason == "multiple-found") return "multiple";
  return "other";
}

fhir::IdentityMode mode_of(std::string_view name) {
  if (name == "Create") return fhir::IdentityMode::Create;
  return name == "LookupWithEncounter" ? fhir::IdentityMode::LookupWithEncounter : fhir::IdentityMode::Lookup;
}

mapping::Measurement identity_message(const Node& node) {
  mapping::Measurement out;
  out.device = string_of(document::member(node, "deviceId"));
  out.patient = optional_of(document::member(node, "patientId"));
  out.encounter = optional_of(document::member(node, "encounterId"));
  return out;
}

std::string identities_json(const Result<fhir::Identities>& ids) {
  std::string json;
  JsonWriter out(json);
  out.begin_object();
  if (ids.has_error()) {
    out.raw("error", error_json(identity_class(ids.error()), ids.error()));
  } else {
    out.begin_object("ids");
    out.text("device", ids->device);
    out.text("patient", ids->patient);
    nullable(out, "encounter", ids->encounter.empty() ? std::nullopt : std::optional(ids->encounter));
    out.end_object();
  }
  out.end_object();
  return json;
}

}  // namespace

Answer create_observation(const Node& request) {
  Result<std::string> json = created(request);
  return json.has_error() ? error_of("transform", json.error()) : "\"result\":" + *json;
}

Answer merge_observation(const Node& request) {
  Result<fhir::MergedObservation> result = merged(request);
  if (result.has_error()) return error_of("transform", result.error());
  Answer out = "\"result\":" + result->json;
  if (is_true(document::member(request, "save"))) out += result->changed ? ",\"changed\":true" : ",\"changed\":false";
  return out;
}

Answer observation(const Node& request) {
  fhir::ObservationMapping mapping = fhir::ObservationMapping::load(text_of(request, "fhirMapping"));
  ScriptedStore store(list_of(request, "putStatus"));
  if (Result<void> filled = fill(store, list_of(request, "server")); filled.has_error())
    return error_of("request", filled.error());
  constexpr int kReferenceTries = 3;
  fhir::ObservationWriter writer(mapping, store, {}, kReferenceTries);
  std::string steps;
  for (Child step : Children(list_of(request, "steps"))) {
    Result<void> done = run_step(request, *step.node, mapping, writer);
    steps += steps.empty() ? "{" : ",{";
    steps += members([&](JsonWriter& out) {
      out.raw("error", done.has_error() ? error_json("transform", done.error()) : "null");
      write_resources(out, "observations", store);
    });
    steps += '}';
  }
  return "\"steps\":[" + steps + "]";
}

Answer identity(const Node& request) {
  fhir::MemoryStore store;
  if (Result<void> filled = fill(store, list_of(request, "server")); filled.has_error())
    return error_of("request", filled.error());
  fhir::WriteCounts counts;
  fhir::IdentityOptions options{.mode = mode_of(text_of(request, "mode"))};
  options.systems.device = text_of(request, "defaultDeviceIdentifierSystem");
  fhir::IdentityResolver resolver(store, options, counts);
  std::string messages = "[";
  for (Child message : Children(list_of(request, "messages"))) {
    if (messages.size() > 1) messages += ',';
    messages += identities_json(resolver.resolve(identity_message(*message.node)));
  }
  return members([&](JsonWriter& out) {
    out.raw("messages", messages + "]");
    write_resources(out, "server", store);
  });
}

Answer fhir_mapping(const Node& request) {
  fhir::ObservationMapping mapping = fhir::ObservationMapping::load(text_of(request, "mapping"));
  std::string errors = "[";
  for (const mapping::Problem& problem : mapping.problems()) {
    if (errors.size() > 1) errors += ',';
    errors += "{\"line\":" + std::to_string(problem.position.line > 0 ? problem.position.line : -1) +
              ",\"position\":" + std::to_string(problem.position.line > 0 ? problem.position.column : -1) +
              ",\"message\":";
    document::append_json_string(errors, problem.message);
    errors += '}';
  }
  return "\"valid\":" + std::string(mapping.problems().empty() ? "true" : "false") +
         ",\"templates\":" + std::to_string(mapping.templates().size()) + ",\"errors\":" + errors + "]";
}

}  // namespace aorta::conform
