#include "core/mapping/measurement.hpp"

#include <array>
#include <cstring>

#include "core/document/convert.hpp"

namespace aorta::mapping {
namespace {

std::optional<std::string> owned(std::string_view text) {
  return text.data() ? std::optional<std::string>(text) : std::nullopt;
}

// Gathers short texts on their way to a string: appending each by itself would cost more than the bytes do.
class Line {
 public:
  explicit Line(std::string& out) : out_(out) {}
  ~Line() { flush(); }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  // Inline: the size of a literal is then known, and copying it is a move or two.
  [[gnu::always_inline]] void put(std::string_view text) {
    if (text.size() > buffer_.size() - used_) return put_long(text);
    std::memcpy(buffer_.data() + used_, text.data(), text.size());
    used_ += text.size();
  }

  // As a JSON string, null where it is absent.
  void put_text(std::string_view text) {
    if (!text.data()) return put("null");
    if (!document::is_plain_json(text)) return put_escaped(text);
    put("\"");
    put(text);
    put("\"");
  }

  void put_time(DateTime time) {
    std::array<char, kMaxIsoText> text;
    put_text({text.data(), static_cast<std::size_t>(write_iso_text(time, text.data()) - text.data())});
  }

 private:
  void flush() {
    out_.append(buffer_.data(), used_);
    used_ = 0;
  }
  void put_long(std::string_view text) {
    flush();
    out_ += text;
  }
  void put_escaped(std::string_view text) {
    flush();
    document::append_json_string(out_, text);
  }

  std::string& out_;
  std::size_t used_ = 0;
  std::array<char, 1024> buffer_;
};

void put_value(Line& line, const ValueView& value) {
  line.put("{\"Name\":");
  line.put_text(value.name.data() ? value.name : std::string_view(""));
  line.put(",\"Value\":");
  line.put_text(value.text);
  line.put("}");
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
  Line line(out);
  line.put("{\"Type\":");
  line.put_text(view.type.data() ? view.type : std::string_view(""));
  line.put(",\"OccurrenceTimeUtc\":");
  line.put_time(view.occurred);
  line.put(",\"IngestionTimeUtc\":");
  ingested ? line.put_time(*ingested) : line.put("null");
  line.put(",\"DeviceId\":");
  line.put_text(view.device);
  line.put(",\"PatientId\":");
  line.put_text(view.patient);
  line.put(",\"EncounterId\":");
  line.put_text(view.encounter);
  line.put(",\"CorrelationId\":");
  line.put_text(view.correlation);
  line.put(",\"Properties\":[");
  for (const ValueView& value : view.values) {
    if (&value != view.values.data()) line.put(",");
    put_value(line, value);
  }
  line.put("]}");
}

}  // namespace aorta::mapping
