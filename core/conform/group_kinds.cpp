#include "core/conform/kinds.hpp"
#include "core/conform/measurement_reader.hpp"
#include "core/conform/request.hpp"
#include "core/document/convert.hpp"
#include "core/fhir/sampled_data.hpp"
#include "core/group/open_groups.hpp"

namespace aorta::conform {

using document::Child;
using document::Children;
using document::Node;
using fhir::JsonWriter;

namespace {

std::string properties_json(const Event& event, const group::Member& m) {
  if (!event.has_values) return "null";
  if (m.values.empty()) return "[]";
  std::string json;
  JsonWriter out(json);
  out.begin_list();
  auto nameless = event.nameless.begin();
  for (std::size_t i = 0; i < m.values.size(); ++i) {
    const mapping::ValueView& value = m.values[i];
    bool named = nameless == event.nameless.end() || *nameless != i;
    if (!named) ++nameless;
    out.begin_object();
    nullable(out, "Name", named ? value.name : std::string_view());
    nullable(out, "Value", value.text);
    out.end_object();
  }
  out.end_list();
  return json;
}

void write_measurement(JsonWriter& out, const Event& event, const group::Member& m) {
  out.begin_object();
  nullable(out, "Type", event.has_type ? m.type : std::string_view());
  out.text("OccurrenceTimeUtc", iso_text(m.occurred));
  nullable(out, "IngestionTimeUtc", m.ingested ? std::optional(iso_text(*m.ingested)) : std::nullopt);
  nullable(out, "DeviceId", event.has_device ? m.device : std::string_view());
  nullable(out, "PatientId", m.patient);
  nullable(out, "EncounterId", m.encounter);
  nullable(out, "CorrelationId", m.correlation);
  out.raw("Properties", properties_json(event, m));
  out.end_object();
}

void write_group(JsonWriter& out, const std::vector<Event>& events, const group::Group& group) {
  const group::Member& first = group.first();
  out.begin_object();
  nullable(out, "deviceId", events[first.record].has_device ? first.device : std::string_view());
  nullable(out, "type", events[first.record].has_type ? first.type : std::string_view());
  nullable(out, "patientId", first.patient);
  nullable(out, "encounterId", first.encounter);
  nullable(out, "correlationId", first.correlation);
  out.begin_list("data");
  for (const group::Member& m : group.measurements) write_measurement(out, events[m.record], m);
  out.end_list();
  out.end_object();
}

void write_values(JsonWriter& out, std::span<const group::TimedValue> values) {
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

// Observations

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
  group::GroupList groups = group::make_groups(measurements);
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
  group::GroupParts parts{
      type, correlation ? std::string_view(*correlation) : std::string_view(), measurements->members()};
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

std::string values_json(std::span<const group::TimedValue> values) {
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

}  // namespace aorta::conform
