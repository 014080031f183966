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

// Behind `before`, as a JSON string, null where it is absent.
[[gnu::always_inline]] inline void put_text(TextWriter& out, std::string_view before, std::string_view text) {
  if (text.data()) return out.put_string(before, text);
  out.put(before);
  out.put("null");
}

void put_value(TextWriter& out, const ValueView& value) {
  out.put_string("{\"Name\":", value.name);
  put_text(out, ",\"Value\":", value.text);
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
  out.put_string("{\"Type\":", view.type);
  out.put(",\"OccurrenceTimeUtc\":");
  out.put_time(view.occurred);
  out.put(",\"IngestionTimeUtc\":");
  ingested ? out.put_time(*ingested) : out.put("null");
  put_text(out, ",\"DeviceId\":", view.device);
  put_text(out, ",\"PatientId\":", view.patient);
  put_text(out, ",\"EncounterId\":", view.encounter);
  put_text(out, ",\"CorrelationId\":", view.correlation);
  out.put(",\"Properties\":[");
  for (const ValueView& value : view.values) {
    if (&value != view.values.data()) out.put(',');
    put_value(out, value);
  }
  out.put("]}");
}

}  // namespace aorta::mapping
