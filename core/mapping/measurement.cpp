#include "core/mapping/measurement.hpp"

#include "core/document/convert.hpp"

namespace aorta::mapping {
namespace {

std::optional<std::string> owned(std::string_view text) {
  return text.data() ? std::optional<std::string>(text) : std::nullopt;
}

void append_text(std::string& out, std::string_view name, std::string_view text) {
  ((out += ",\"") += name) += "\":";
  if (text.data()) {
    document::append_json_string(out, text);
  } else {
    out += "null";
  }
}

void append_value(std::string& out, const ValueView& value) {
  out += "{\"Name\":";
  document::append_json_string(out, value.name);
  append_text(out, "Value", value.text);
  out += '}';
}

}  // namespace

Measurement own(const MeasurementView& view) {
  Measurement out;
  out.type = view.type;
  out.occurred = view.occurred;
  out.device = view.device;
  out.patient = owned(view.patient);
  out.encounter = owned(view.encounter);
  out.correlation = owned(view.correlation);
  out.values.reserve(view.values.size());
  for (const ValueView& value : view.values) out.values.push_back({std::string(value.name), owned(value.text)});
  return out;
}

void append_json(std::string& out, const MeasurementView& view, std::optional<DateTime> ingested) {
  out += "{\"Type\":";
  document::append_json_string(out, view.type);
  append_text(out, "OccurrenceTimeUtc", iso_text(view.occurred));
  std::string ingested_text = ingested ? iso_text(*ingested) : std::string();
  append_text(out, "IngestionTimeUtc", ingested ? std::string_view(ingested_text) : std::string_view());
  append_text(out, "DeviceId", view.device);
  append_text(out, "PatientId", view.patient);
  append_text(out, "EncounterId", view.encounter);
  append_text(out, "CorrelationId", view.correlation);
  out += ",\"Properties\":[";
  for (const ValueView& value : view.values) {
    if (&value != view.values.data()) out += ',';
    append_value(out, value);
  }
  out += "]}";
}

}  // namespace aorta::mapping
