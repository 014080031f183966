// What a node is as text, as time, and as JSON (device-mapping spec, sections 6, 7 and 9).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/arena.hpp"
#include "core/base/time.hpp"
#include "core/document/node.hpp"

namespace aorta::document {

struct TextResult {
  enum class State : std::uint8_t {
    Text,
    Absent,
    NoText
  } state;                // Absent: null or undefined; NoText: the kind has none
  std::string_view text;  // lives in the node's document or the arena
};
// Section 6: the invariant text of a scalar.
TextResult to_text(const Node& node, Arena& arena);
// The same where it is what the message says, letter by letter: of strings and of most integers. Absent: it has to be
// made, if there is one.
inline std::string_view text_as_said(const Node& node) {
  std::string_view text = node.text();
  if (node.kind == Kind::String) return text;
  if (node.kind != Kind::Integer || text.empty()) return {};
  // Neither hexadecimal nor octal, no zeros before, no sign of zero.
  return text.size() == 1 || text[text[0] == '-' ? 1 : 0] > '0' ? text : std::string_view();
}
// Section 7.2: a date as it is, a string by the date grammar, nothing for everything else.
std::optional<DateTime> to_time(const Node& node);
// Compact JSON as the reference's serializer writes it: numbers from their values (3.0, 1E+20), dates as ISO text in
// quotes.
void append_json(std::string& out, const Node& node);
// A JSON string literal. Escaped is what JSON demands and, as the reference does, U+0085, U+2028 and U+2029; a lone
// surrogate becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace aorta::document
