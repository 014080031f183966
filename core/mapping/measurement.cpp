#include "core/mapping/measurement.hpp"

#include "core/base/unicode.hpp"
#include "core/document/text_writer.hpp"

namespace aorta::mapping {
namespace {

using document::TextWriter;

// A vendor's template may hand over any bytes; behind this point texts are valid UTF-8.
std::string owned_text(std::string_view text) {
  if (is_utf8(text, Surrogates::Allow)) return std::string(text);
  Arena arena;
  return std::string(valid_utf8(text, Surrogates::Allow, arena));
}

std::optional<std::string> owned(std::string_view text) {
  return text.data() ? std::optional(owned_text(text)) : std::nullopt;
}

// As a JSON string, null where it is absent.
void put_text(TextWriter& out, std::string_view text) { text.data() ? out.put_string(text) : out.put("null"); }

void put_name(TextWriter& out, std::string_view text) { out.put_string(text.data() ? text : std::string_view("")); }

void put_value(TextWriter& out, const ValueView& value) {
  out.put("{\"Name\":");
  put_name(out, value.name);
  out.put(",\"Value\":");
  put_text(out, value.text);
  out.put('}');
}

}  // namespace

Measurement own(const MeasurementView& view) {
  Measurement out;
  out.type = owned_text(view.type);
  out.occurred = view.occurred;
  out.device = owned_text(view.device);
  out.patient = owned(view.patient);
  out.encounter = owned(view.encounter);
  out.correlation = owned(view.correlation);
  out.values.reserve(view.values.size());
  for (const ValueView& value : view.values) out.values.push_back({owned_text(value.name), owned(value.text)});
  return out;
}

void append_json(std::string& text, const MeasurementView& view, std::optional<DateTime> ingested) {
  TextWriter out(text);
  out.put("{\"Type\":");
  put_name(out, view.type);
  out.put(",\"OccurrenceTimeUtc\":");
  out.put_time(view.occurred);
  out.put(",\"IngestionTimeUtc\":");
  ingested ? out.put_time(*ingested) : out.put("null");
  out.put(",\"DeviceId\":");
  put_text(out, view.device);
  out.put(",\"PatientId\":");
  put_text(out, view.patient);
  out.put(",\"EncounterId\":");
  put_text(out, view.encounter);
  out.put(",\"CorrelationId\":");
  put_text(out, view.correlation);
  out.put(",\"Properties\":[");
  for (const ValueView& value : view.values) {
    if (&value != view.values.data()) out.put(',');
    put_value(out, value);
  }
  out.put("]}");
}

}  // namespace aorta::mapping
