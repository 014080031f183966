#include <algorithm>
#include <cstdint>

#include "core/base/blank.hpp"
#include "core/conform/kinds.hpp"
#include "core/conform/measurement_reader.hpp"
#include "core/document/convert.hpp"
#include "core/fhir/identity.hpp"
#include "core/fhir/json_writer.hpp"
#include "core/fhir/memory_store.hpp"
#include "core/fhir/observation.hpp"
#include "core/fhir/observation_mapping.hpp"
#include "core/fhir/sampled_data.hpp"
#include "core/group/group.hpp"

namespace aorta::conform {

using document::Child;
using document::Children;
using document::Kind;
using document::Node;
using fhir::JsonWriter;

namespace {

std::string_view string_of(const Node* node) {
  return node && node->kind == Kind::String ? node->text() : std::string_view();
}

std::optional<std::string> optional_of(const Node* node) {
  return node && node->kind == Kind::String ? std::optional(std::string(node->text())) : std::nullopt;
}

const Node& list_of(const Node& request, std::string_view name) {
  static const Node kNone;
  const Node* found = document::member(request, name);
  return found ? *found : kNone;
}

Answer error_of(std::string_view error_class, const Error& error) { return error_answer(error_class, error.message()); }

void nullable(JsonWriter& out, std::string_view name, const std::optional<std::string>& text) {
  text ? out.text(name, *text) : out.raw(name, "null");
}

// "result":… of what `write` puts into an object.
template <class Write>
Answer members(Write write) {
  std::string json;
  JsonWriter out(json);
  out.begin_object();
  write(out);
  out.end_object();
  return json.substr(1, json.size() - 2);
}

// Groups
// ---------------------------------------------------------------------------------------------------------------------------

std::string properties_json(const Event& event, const mapping::Measurement& m) {
  if (!event.has_values) return "null";
  if (m.values.empty()) return "[]";
  std::string json;
  JsonWriter out(json);
  out.begin_list();
  for (const mapping::Value& value : m.values) {
    out.begin_object();
    out.text("Name", value.name);
    nullable(out, "Value", value.text);
    out.end_object();
  }
  out.end_list();
  return json;
}

void write_measurement(JsonWriter& out, const Event& event, const mapping::Measurement& m) {
  out.begin_object();
  nullable(out, "Type", event.has_type ? std::optional(m.type) : std::nullopt);
  out.text("OccurrenceTimeUtc", iso_text(m.occurred));
  nullable(out, "IngestionTimeUtc", m.ingested ? std::optional(iso_text(*m.ingested)) : std::nullopt);
  nullable(out, "DeviceId", event.has_device ? std::optional(m.device) : std::nullopt);
  nullable(out, "PatientId", m.patient);
  nullable(out, "EncounterId", m.encounter);
  nullable(out, "CorrelationId", m.correlation);
  out.raw("Properties", properties_json(event, m));
  out.end_object();
}

void write_group(JsonWriter& out, const std::vector<Event>& events, const group::Group& group) {
  const mapping::Measurement& first = group.first();
  out.begin_object();
  nullable(out, "deviceId", events[first.record].has_device ? std::optional(first.device) : std::nullopt);
  nullable(out, "type", events[first.record].has_type ? std::optional(first.type) : std::nullopt);
  nullable(out, "patientId", first.patient);
  nullable(out, "encounterId", first.encounter);
  nullable(out, "correlationId", first.correlation);
  out.begin_list("data");
  for (const mapping::Measurement& m : group.measurements) write_measurement(out, events[m.record], m);
  out.end_list();
  out.end_object();
}

// Measurements of `observation_groups` and of the steps of `observation`.
Result<std::vector<mapping::Measurement>> read_measurements(
    const Node& list, std::string_view type, const std::optional<std::string>& correlation
) {
  std::vector<mapping::Measurement> out;
  for (Child item : Children(list)) {
    mapping::Measurement m;
    m.type = type;
    m.correlation = correlation;
    std::optional<DateTime> time = read_time(string_of(document::member(*item.node, "occurrenceTimeUtc")));
    if (!time) return Error("request", "occurrenceTimeUtc is no time");
    m.occurred = *time;
    for (Child property : Children(list_of(*item.node, "properties"))) {
      const Node* name = document::member(*property.node, "name");
      if (!name || name->kind != Kind::String) return Error("request", "a property has no name");
      m.values.push_back({std::string(name->text()), optional_of(document::member(*property.node, "value"))});
    }
    out.push_back(std::move(m));
  }
  return out;
}

void write_values(JsonWriter& out, const std::vector<group::TimedValue>& values) {
  for (const group::TimedValue& value : values) {
    out.begin_list();
    out.text({}, round_trip_text(value.time));
    nullable(out, {}, value.text);
    out.end_list();
  }
}

void write_observation_group(JsonWriter& out, const group::ObservationGroup& group) {
  out.begin_object();
  out.text("name", group.name);
  out.begin_list("boundary");
  out.text({}, round_trip_text(group.boundary.start));
  out.text({}, round_trip_text(group.boundary.end));
  out.end_list();
  out.text("idSegment", group.id_segment);
  out.begin_object("values");
  for (const group::Series& series : group.series) {
    out.begin_list(series.name);
    write_values(out, series.values);
    out.end_list();
  }
  out.end_object();
  if (group.series.empty()) out.raw("values", "{}");
  out.end_object();
}

Result<std::vector<group::TimedValue>> read_values(const Node& list) {
  std::vector<group::TimedValue> out;
  for (Child item : Children(list)) {
    std::optional<DateTime> time = read_time(string_of(document::element(*item.node, 0)));
    if (!time) return Error("request", "a value's time is no time");
    out.push_back({*time, optional_of(document::element(*item.node, 1))});
  }
  return out;
}

// Observations
// ---------------------------------------------------------------------------------------------------------------------

Result<group::ObservationGroup> read_observation_group(const Node& node) {
  group::ObservationGroup out;
  out.name = string_of(document::member(node, "name"));
  const Node& boundary = list_of(node, "boundary");
  std::optional<DateTime> start = read_time(string_of(document::element(boundary, 0)));
  std::optional<DateTime> end = read_time(string_of(document::element(boundary, 1)));
  if (!start || !end) return Error("request", "the boundary is no pair of times");
  out.boundary = {*start, *end};
  for (Child series : Children(list_of(node, "values"))) {
    AORTA_TRY(values, read_values(*series.node));
    out.series.push_back({std::string(series.name), std::move(values)});
  }
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
  AORTA_TRY(made_by, template_for(mapping, group.name));
  return fhir::create_observation(*made_by, group);
}

std::string json_of(const Node& node) {
  std::string json;
  JsonWriter(json).copy({}, node);
  return json;
}

bool is_true(const Node* node) { return node && node->kind == Kind::Boolean && node->boolean; }

Result<fhir::MergedObservation> merged(const Node& request) {
  AORTA_TRY(mapping, read_mapping(request));
  AORTA_TRY(group, read_observation_group(list_of(request, "group")));
  AORTA_TRY(made_by, template_for(mapping, group.name));
  fhir::Amend amend = is_true(document::member(request, "save")) ? fhir::Amend::WhenChanged : fhir::Amend::No;
  return fhir::merge_observation(*made_by, group, json_of(list_of(request, "existing")), amend);
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

fhir::ObservationLinks read_links(const Node& ids) {
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
  fhir::ObservationLinks links = read_links(list_of(request, "ids"));
  if (is_blank(links.patient) || is_blank(links.device))
    return Error("ids", "patient and device ids must not be blank");
  if (is_blank(links.encounter)) links.encounter.clear();
  std::string_view type = text_of(request, "type");
  std::optional<std::string> correlation = optional_of(document::member(request, "correlationId"));
  AORTA_TRY(measurements, read_measurements(step, type, correlation));
  AORTA_TRY(made_by, template_for(mapping, type));
  group::GroupParts parts{type, correlation ? std::string_view(*correlation) : std::string_view(), measurements};
  AORTA_TRY(groups, group::make_observation_groups(parts, made_by->period_interval));
  for (const group::ObservationGroup& group : groups) AORTA_CHECK(writer.save(*made_by, group, links));
  return {};
}

// Identity
// -------------------------------------------------------------------------------------------------------------------------

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

void write_identities(JsonWriter& out, const Result<fhir::Identities>& ids) {
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
}

}  // namespace

Answer measurement_groups(const Node& request) {
  std::vector<Event> events;
  std::vector<mapping::Measurement> measurements;
  for (Child text : Children(list_of(request, "measurements"))) {
    Result<Event> event = read_event(string_of(text.node));
    if (event.has_error()) return error_of("group", event.error());
    measurements.push_back(event->measurement);
    measurements.back().record = events.size();
    events.push_back(std::move(*event));
  }
  std::vector<group::Group> groups = group::make_groups(std::move(measurements));
  if (groups.empty()) return "\"groups\":[]";
  return members([&](JsonWriter& out) {
    out.begin_list("groups");
    for (const group::Group& group : groups) write_group(out, events, group);
    out.end_list();
  });
}

Answer observation_groups(const Node& request) {
  std::string_view type = text_of(request, "type");
  std::optional<std::string> correlation = optional_of(document::member(request, "correlationId"));
  auto measurements = read_measurements(list_of(request, "measurements"), type, correlation);
  if (measurements.has_error()) return error_of("group", measurements.error());
  const Node* interval = document::member(request, "periodInterval");
  group::GroupParts parts{type, correlation ? std::string_view(*correlation) : std::string_view(), *measurements};
  auto groups = group::make_observation_groups(parts, interval ? interval->integer : 0);
  if (groups.has_error()) return error_of("group", groups.error());
  if (groups->empty()) return "\"groups\":[]";
  return members([&](JsonWriter& out) {
    out.begin_list("groups");
    for (const group::ObservationGroup& group : *groups) write_observation_group(out, group);
    out.end_list();
  });
}

namespace {

Result<std::int64_t> step_of(const Node& request) {
  const Node* period = document::member(request, "periodMs");
  std::optional<Decimal> decimal = period ? parse_decimal(period->text(), DecimalSyntax::Float) : std::nullopt;
  if (!decimal) return Error("default-period-missing", "periodMs is no number");
  return fhir::step_ticks(*decimal);
}

Result<std::string> build_samples(const Node& request) {
  AORTA_TRY(values, read_values(list_of(request, "values")));
  AORTA_TRY(step, step_of(request));
  std::optional<DateTime> start = read_time(text_of(request, "start"));
  std::optional<DateTime> end = read_time(text_of(request, "end"));
  if (!start || !end) return Error("request", "start and end must be times");
  AORTA_TRY(data, fhir::encode_samples(values, *start, *end, step));
  std::string out;
  document::append_json_string(out, data);
  return out;
}

std::string values_json(const std::vector<group::TimedValue>& values) {
  std::string json;
  JsonWriter out(json);
  out.begin_list();
  write_values(out, values);
  out.end_list();
  return json;
}

Result<std::string> decoded_samples(const Node& request) {
  std::optional<DateTime> start = read_time(text_of(request, "start"));
  if (!start) return Error("request", "start must be a time");
  AORTA_TRY(step, step_of(request));
  AORTA_TRY(
      values,
      fhir::decode_samples(text_of(request, "data"), *start, step, is_true(document::member(request, "preserveErrors")))
  );
  return values_json(values);
}

Result<std::string> merged_samples(const Node& request) {
  AORTA_TRY(existing, read_values(list_of(request, "existing")));
  AORTA_TRY(added, read_values(list_of(request, "new")));
  return values_json(fhir::merge_samples(existing, added));
}

}  // namespace

Answer sampled_data(const Node& request) {
  std::string_view op = text_of(request, "op");
  Result<std::string> result = op == "build"    ? build_samples(request)
                               : op == "decode" ? decoded_samples(request)
                                                : merged_samples(request);
  return result.has_error() ? error_of("sampled", result.error()) : "\"result\":" + *result;
}

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
  fhir::ObservationWriter writer(mapping, store, {});
  return members([&](JsonWriter& out) {
    out.begin_list("steps");
    for (Child step : Children(list_of(request, "steps"))) {
      Result<void> done = run_step(request, *step.node, mapping, writer);
      out.begin_object();
      out.raw("error", done.has_error() ? error_json("transform", done.error()) : "null");
      write_resources(out, "observations", store);
      out.end_object();
    }
    out.end_list();
  });
}

Answer identity(const Node& request) {
  fhir::MemoryStore store;
  if (Result<void> filled = fill(store, list_of(request, "server")); filled.has_error())
    return error_of("request", filled.error());
  fhir::WriteCounts counts;
  fhir::IdentityOptions options{
      mode_of(text_of(request, "mode")), std::string(text_of(request, "defaultDeviceIdentifierSystem"))};
  fhir::IdentityResolver resolver(store, options, counts);
  return members([&](JsonWriter& out) {
    out.begin_list("messages");
    for (Child message : Children(list_of(request, "messages")))
      write_identities(out, resolver.resolve(identity_message(*message.node)));
    out.end_list();
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
