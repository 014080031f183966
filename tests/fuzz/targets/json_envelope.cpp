// A message as a source delivers it: properties NUL system properties NUL body (so that a body may be UTF-16).
#include <string>

#include "core/base/unicode.hpp"
#include "core/document/convert.hpp"
#include "core/document/document.hpp"
#include "tests/fuzz/support/outline.hpp"
#include "tests/fuzz/support/property.hpp"
#include "tests/fuzz/support/target.hpp"

namespace aorta::fuzz {
namespace {

using document::Document;

struct Parts {
  std::string properties, system_properties, body;
};

document::Envelope envelope(const Parts& parts) {
  auto present = [](const std::string& text) { return text.empty() ? std::string_view() : std::string_view(text); };
  return {parts.body, present(parts.properties), present(parts.system_properties)};
}

void members(const Document& message) {
  for (const char* name : {"Body", "Properties", "SystemProperties"})
    require(document::member(message.root(), name) != nullptr, "an envelope has three members");
  require(message.root().count == 3, "an envelope has three members");
}

void json_envelope(std::string_view input) {
  Parts parts;
  parts.properties = take_part(input);
  parts.system_properties = take_part(input);
  parts.body = input;
  Document first;
  auto read = first.read_envelope(envelope(parts));
  Parts copy = parts;
  Document second;
  auto read_again = second.read_envelope(envelope(copy));
  require_same(outline(read), outline(read_again), "reading twice ends the same");
  require_same(outline(first.root()), outline(second.root()), "reading twice gives the same");
  require(first.trailing_text() == second.trailing_text(), "reading twice sees the same text behind the body");
  if (read.has_error()) return require(is_utf8(read.error().text()), "an error is valid UTF-8");
  members(first);
  std::string json;
  document::append_json(json, first.root());
  require(is_utf8(json), "written JSON is valid UTF-8");
}

}  // namespace

const Target kJsonEnvelope{"json_envelope", json_envelope};

}  // namespace aorta::fuzz
