#include "core/conform/measurement_reader.hpp"

#include "core/base/letter_case.hpp"
#include "core/document/document.hpp"

namespace aorta::conform {

using document::Child;
using document::Children;
using document::Kind;
using document::Node;

namespace {

Error unreadable(std::string_view what) {
  return Error("event-not-readable", "the event's " + std::string(what) + " cannot be read");
}

bool is_missing(const Node& node) { return node.kind == Kind::Null; }

// Numbers and booleans keep their spelling.
Result<std::optional<std::string>> read_text(const Node& node, std::string_view what) {
  if (is_missing(node)) return std::optional<std::string>();
  if (node.is_container() || node.kind == Kind::Undefined) return unreadable(what);
  if (node.kind == Kind::Boolean) return std::optional<std::string>(node.boolean ? "true" : "false");
  return std::optional<std::string>(node.text());
}

struct Property {
  std::optional<std::string> name;
  std::optional<std::string> text;
};

Result<Property> read_property(const Node& node) {
  if (node.kind != Kind::Object) return unreadable("Properties");
  Property out;
  for (Child member : Children(node)) {
    AORTA_TRY(value, read_text(*member.node, "Properties"));
    if (equals_ignoring_case(member.name, "Name")) out.name = value;
    if (equals_ignoring_case(member.name, "Value")) out.text = value;
  }
  return out;
}

class EventReader {
 public:
  Result<Event> read(const Node& root) {
    if (root.kind != Kind::Object) return unreadable("root");
    for (Child member : Children(root)) AORTA_CHECK(read_member(member));
    return std::move(out_);
  }

 private:
  Result<void> read_member(const Child& member) {
    auto is = [&](std::string_view name) { return equals_ignoring_case(member.name, name); };
    const Node& node = *member.node;
    mapping::Measurement& m = out_.measurement;
    if (is("OccurrenceTimeUtc")) return read_time_of(node, m.occurred);
    if (is("IngestionTimeUtc")) return read_ingestion(node);
    if (is("Properties")) return read_properties(node);
    if (is("Type")) return read_key(node, m.type, out_.has_type);
    if (is("DeviceId")) return read_key(node, m.device, out_.has_device);
    if (is("PatientId")) return read_optional(node, m.patient);
    if (is("EncounterId")) return read_optional(node, m.encounter);
    if (is("CorrelationId")) return read_optional(node, m.correlation);
    return {};
  }
  Result<void> read_optional(const Node& node, std::optional<std::string>& out) {
    AORTA_TRY(text, read_text(node, "ids"));
    out = std::move(text);
    return {};
  }
  Result<void> read_key(const Node& node, std::string& out, bool& given) {
    AORTA_TRY(text, read_text(node, "ids"));
    given = text.has_value();
    out = text.value_or(std::string());
    return {};
  }
  Result<void> read_time_of(const Node& node, DateTime& out) {
    std::optional<DateTime> time = node.kind == Kind::String ? read_time(node.text()) : std::nullopt;
    if (!time) return unreadable("time");
    out = *time;
    return {};
  }
  Result<void> read_ingestion(const Node& node) {
    out_.measurement.ingested.reset();
    if (is_missing(node) || (node.kind == Kind::String && node.text().empty())) return {};
    return read_time_of(node, out_.measurement.ingested.emplace());
  }
  Result<void> read_properties(const Node& node) {
    out_.has_values = !is_missing(node) && !(node.kind == Kind::String && node.text().empty());
    if (!out_.has_values) {
      out_.measurement.values.clear();
      out_.nameless.clear();
      return {};
    }
    if (node.kind != Kind::Array) return unreadable("Properties");
    for (Child item : Children(node)) {
      AORTA_TRY(property, read_property(*item.node));
      if (!property.name) out_.nameless.push_back(out_.measurement.values.size());
      out_.measurement.values.push_back({property.name.value_or(std::string()), std::move(property.text)});
    }
    return {};
  }

  Event out_;
};

}  // namespace

std::optional<DateTime> read_time(std::string_view text) {
  DetectedDate detected = detect_date(text);
  if (detected.fatal) return std::nullopt;
  return detected.date ? detected.date : parse_date_text(text);
}

Result<Event> read_event(std::string_view text) {
  document::Document json;
  AORTA_CHECK(json.read_value(text, document::kPlainJson));
  return EventReader().read(json.root());
}

}  // namespace aorta::conform
