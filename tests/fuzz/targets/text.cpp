// Bytes of unknown encoding, letter case, JSON strings and partition keys.
#include <string>

#include "core/base/arena.hpp"
#include "core/base/blank.hpp"
#include "core/base/letter_case.hpp"
#include "core/base/unicode.hpp"
#include "core/document/convert.hpp"
#include "core/document/document.hpp"
#include "core/mapping/partition_key.hpp"
#include "tests/fuzz/support/property.hpp"
#include "tests/fuzz/support/target.hpp"

namespace aorta::fuzz {
namespace {

void decoded(std::string_view bytes) {
  Arena arena(kSmallBlock);
  std::string_view text = decode_bytes(bytes, arena);
  require(is_utf8(text), "decoded bytes are valid UTF-8");
  require(utf16_size(text) <= text.size(), "a text has at most one UTF-16 unit per byte");
  require(valid_utf8(text, Surrogates::Refuse, arena).data() == text.data(), "a valid text is not copied");
}

void letter_case(std::string_view text) {
  std::string upper = to_upper(text);
  require(is_utf8(upper, Surrogates::Allow), "upper case is valid UTF-8");
  require_same(to_upper(upper), upper, "upper case has no upper case");
  require_same(to_lower(to_lower(text)), to_lower(text), "lower case has no lower case");
  require(equals_ignoring_case(text, upper), "a text equals its upper case, letter case ignored");
  require(is_blank(text) == trim(text).empty(), "what is blank is empty once trimmed");
}

void json_string(std::string_view text) {
  std::string json;
  document::append_json_string(json, text);
  document::Document document;
  require(!document.read_value(json, {.dates = false}).has_error(), "a written string is JSON");
  const document::Node& node = document.root();
  require(node.kind == document::Kind::String, "a written string is a string");
  if (is_utf8(text)) require_same(node.text(), text, "a written string reads back the same");
}

void partition_keys(std::string_view text) {
  auto key = mapping::partition_key(text);
  if (key.has_error()) return;
  require(*key >= 0 && *key < 256, "a partition key lies between 0 and 255");
  auto lower = mapping::partition_key(to_lower(text));
  require(lower.has_value() && *lower == *key, "a partition key is that of the lower case");
}

void text(std::string_view input) {
  decoded(input);
  Arena arena(kSmallBlock);
  std::string_view valid = valid_utf8(input, Surrogates::Allow, arena);
  require(is_utf8(valid, Surrogates::Allow), "a repaired text is valid");
  letter_case(valid);
  json_string(valid);
  partition_keys(valid);
}

}  // namespace

const Target kText{"text", text};

}  // namespace aorta::fuzz
