// Conformance kinds of the device mapping (device-mapping spec).
#include "core/conform/base64.hpp"
#include "core/conform/kinds.hpp"
#include "core/conform/request.hpp"
#include "core/document/convert.hpp"
#include "core/mapping/device_mapping.hpp"
#include "core/mapping/partition_key.hpp"

namespace aorta::conform {
namespace {

using document::Node;

class Collector : public mapping::MeasurementSink {
 public:
  explicit Collector(std::optional<DateTime> ingested) : ingested_(ingested) {}
  void add(const mapping::MeasurementView& measurement) override {
    if (!json_.empty()) json_ += ',';
    mapping::append_json(json_, measurement, ingested_);
  }
  const std::string& json() const { return json_; }

 private:
  std::optional<DateTime> ingested_;
  std::string json_;
};

// A message as its source delivered it: the request's member is JSON, or bytes in base64.
struct Message {
  std::string body, properties, system_properties;
  std::optional<DateTime> enqueued;
};

std::string json_of(const Node& object, std::string_view name) {
  std::string out;
  if (const Node* found = document::member(object, name)) document::append_json(out, *found);
  return out.empty() ? "{}" : out;
}

Message read_message(const Node& message) {
  Message out;
  out.body = text_of(message, "body");
  if (document::member(message, "bodyBase64")) out.body = decode_base64(text_of(message, "bodyBase64"));
  out.properties = json_of(message, "properties");
  out.system_properties = json_of(message, "systemProperties");
  out.enqueued = parse_date_text(text_of(message, "enqueuedTime"));
  if (out.enqueued) out.enqueued->zone = DateTime::Zone::Utc;
  return out;
}

Answer answer(const std::string& measurements, const Answer& error) {
  return "\"measurements\":[" + measurements + "]," + (error.empty() ? "\"error\":null" : error);
}

Answer normalized(
    const mapping::DeviceMapping& mapping, document::Document& message, std::optional<DateTime> ingested
) {
  Collector out(ingested);
  auto done = mapping.normalize(message, out);
  return answer(out.json(), done.has_error() ? error_answer("message", done.error().message()) : Answer());
}

}  // namespace

Answer partition_key(const document::Node& request) {
  auto key = mapping::partition_key(text_of(request, "deviceId"));
  if (key.has_error()) return error_answer("hash", key.error().message());
  return "\"result\":\"" + std::to_string(*key) + '"';
}

Answer normalize(const document::Node& request) {
  mapping::DeviceMapping mapping = load_with_plugins(text_of(request, "deviceMapping"));
  if (!mapping.problems.empty()) return answer("", error_answer("mapping", mapping.problems.front().message));
  document::Document document;
  if (const Node* envelope = document::member(request, "document")) {
    auto read = document.read_value(envelope->text());
    if (read.has_error()) return answer("", error_answer("input", read.error().message()));
    return normalized(mapping, document, std::nullopt);
  }
  const Node* given = document::member(request, "message");
  Message message = given ? read_message(*given) : Message();
  auto read = document.read_envelope({message.body, message.properties, message.system_properties});
  if (read.has_error()) return answer("", error_answer("input", read.error().message()));
  return normalized(mapping, document, message.enqueued);
}

Answer device_mapping(const document::Node& request) {
  mapping::DeviceMapping mapping = load_with_plugins(text_of(request, "mapping"));
  std::string problems;
  for (const mapping::Problem& problem : mapping.problems) {
    Position at = problem.position.line > 0 ? problem.position : Position{-1, -1};
    problems += problems.empty() ? "{\"line\":" : ",{\"line\":";
    problems += std::to_string(at.line) + ",\"position\":" + std::to_string(at.column) + ",\"message\":";
    document::append_json_string(problems, problem.message);
    problems += '}';
  }
  return std::string("\"valid\":") + (mapping.problems.empty() ? "true" : "false") +
         ",\"templates\":" + std::to_string(mapping.templates.size()) + ",\"errors\":[" + problems + "]";
}

}  // namespace aorta::conform
