// The whole way of a message: device mapping NUL body. What the mapping makes of it is held against each of its
// templates applied alone.
#include <string>

#include "core/base/arena.hpp"
#include "core/base/unicode.hpp"
#include "core/document/document.hpp"
#include "tests/fuzz/support/device_mapping.hpp"
#include "tests/fuzz/support/outline.hpp"
#include "tests/fuzz/support/property.hpp"
#include "tests/fuzz/support/target.hpp"

namespace aorta::fuzz {
namespace {

using document::Document;

class Collector : public mapping::MeasurementSink {
 public:
  void add(const mapping::MeasurementView& measurement) override {
    std::string line;
    mapping::append_json(line, measurement, std::nullopt);
    Document document;
    require_same(outline(document.read_value(line)), "ok", "a measurement is JSON");
    lines += line + '\n';
  }
  std::string lines;
};

// By a document that has read `before` before, if that is not empty.
std::string normalized(const mapping::DeviceMapping& mapping, const std::string& body, const std::string& before = {}) {
  Document message;
  if (!before.empty()) static_cast<void>(message.read_envelope({before, {}, {}}));
  auto read = message.read_envelope({body, {}, {}});
  if (read.has_error()) return outline(read);
  Collector out;
  bool failed = mapping.normalize(message, out).has_error();
  return out.lines + (failed ? "failed" : "ok");
}

// Of nearly the same names.
std::string another(std::string body) {
  if (!body.empty()) body[body.size() / 2] = 'x';
  return body;
}

std::string one_by_one(const mapping::DeviceMapping& mapping, const std::string& body) {
  Document message;
  auto read = message.read_envelope({body, {}, {}});
  if (read.has_error()) return outline(read);
  Collector out;
  for (const auto& entry : mapping.templates) {
    if (entry.made->apply(message, out).has_error()) return out.lines + "failed";
  }
  return out.lines + "ok";
}

// Most inputs that a fuzzer makes in a row differ in their bodies only.
const mapping::DeviceMapping& mapping_of(std::string_view text) {
  static std::string known;
  static mapping::DeviceMapping mapping = load_mapping(known);
  if (text != known) {
    known = text;
    mapping = load_mapping(known);
  }
  return mapping;
}

void normalize(std::string_view input) {
  Arena arena(kSmallBlock);
  const mapping::DeviceMapping& mapping = mapping_of(valid_utf8(take_part(input), Surrogates::Refuse, arena));
  if (!mapping.problems.empty()) return;
  std::string body(input);
  std::string result = normalized(mapping, body);
  require_same(result, normalized(mapping, body), "normalizing twice gives the same");
  require_same(result, normalized(mapping, body, another(body)), "the message before changes nothing");
  require_same(result, one_by_one(mapping, body), "a mapping gives what its templates give one by one");
}

}  // namespace

// Each expression of each template may use up its steps.
const Target kNormalize{"normalize", normalize, {.seconds = 8, .microseconds_per_byte = 200}};

}  // namespace aorta::fuzz
