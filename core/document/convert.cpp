#include "core/document/convert.hpp"

#include <array>
#include <bit>
#include <charconv>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "core/base/number.hpp"
#include "core/base/unicode.hpp"
#include "core/document/date_node.hpp"

namespace aorta::document {
namespace {

using State = TextResult::State;

// Decimal digits as .NET writes them; the source text may be hexadecimal, octal, or have zeros before.
std::string_view integer_text(const Node& node, char* buffer) {
  if (std::string_view text = text_as_said(node); !text.empty()) return text;
  return {buffer, static_cast<std::size_t>(std::to_chars(buffer, buffer + 24, node.integer).ptr - buffer)};
}

void append_big_integer(std::string& out, std::string_view text) {
  std::size_t first = text.find_first_not_of("-0");
  if (first == std::string_view::npos) {
    out += '0';
    return;
  }
  if (text[0] == '-') out += '-';
  out += text.substr(first);
}

void append_children(std::string& out, const Node& node, char open, char close) {
  out += open;
  bool first = true;
  for (Child c : Children(node)) {
    if (!first) out += ',';
    first = false;
    if (c.named) {
      append_json_string(out, c.name);
      out += ':';
    }
    append_json(out, *c.node);
  }
  out += close;
}

void append_property(std::string& out, const Node& node) {
  append_json_string(out, node.text());
  out += ':';
  append_json(out, *node.links[0].value);
}

void append_constructor(std::string& out, const Node& node) {
  out += "new ";
  out += node.text();
  append_children(out, node, '(', ')');
}

// A short escape's letter, 0 where there is none.
char escape_letter(char c) {
  switch (c) {
    case '"':
    case '\\':
      return c;
    case '\b':
      return 'b';
    case '\t':
      return 't';
    case '\n':
      return 'n';
    case '\f':
      return 'f';
    case '\r':
      return 'r';
    default:
      return '\0';
  }
}

void append_unit(std::string& out, char32_t c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kDigits[c >> shift & 15U];
}

// The reference's serializer escapes these beyond what JSON demands.
bool is_escaped_line_end(char32_t c) { return c == 0x85 || c == 0x2028 || c == 0x2029; }

bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x80 && c != '"' && c != '\\';
}

// Where the plain characters from `p` on end.
const char* plain_end(const char* p, const char* end) {
#ifdef __SSE2__
  const __m128i below_space = _mm_set1_epi8(0x20);
  const __m128i quotes = _mm_set1_epi8('"');
  const __m128i backslashes = _mm_set1_epi8('\\');
  for (; end - p >= 16; p += 16) {
    __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    __m128i low = _mm_cmplt_epi8(bytes, below_space);  // signed: those from 0x80 on too
    __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(bytes, quotes), _mm_cmpeq_epi8(bytes, backslashes));
    if (int mask = _mm_movemask_epi8(_mm_or_si128(low, marks)); mask != 0)
      return p + std::countr_zero(static_cast<unsigned>(mask));
  }
#endif
  while (p != end && is_plain(*p)) ++p;
  return p;
}

void append_char(std::string& out, char32_t c) {
  if (is_surrogate(c)) return append_utf8(out, kReplacement);
  if (is_escaped_line_end(c)) return append_unit(out, c);
  if (c >= 0x80) return append_utf8(out, c);
  if (char letter = escape_letter(static_cast<char>(c)); letter != '\0') {
    out += '\\';
    out += letter;
  } else {
    append_unit(out, c);
  }
}

}  // namespace

TextResult to_text(const Node& node, Arena& arena) {
  std::array<char, 32> buffer;
  switch (node.kind) {
    case Kind::Null:
    case Kind::Undefined:
      return {State::Absent, {}};
    case Kind::String:
      return {State::Text, node.text()};
    case Kind::Boolean:
      return {State::Text, node.boolean ? "True" : "False"};
    case Kind::Integer: {
      std::string_view text = integer_text(node, buffer.data());
      return {State::Text, text.data() == buffer.data() ? arena.copy(text) : text};
    }
    case Kind::Float:
      return {State::Text, arena.copy({buffer.data(), write_float_text(node.number, buffer.data())})};
    case Kind::Date: {
      char* end = write_invariant_text(date_of(node), buffer.data());
      return {State::Text, arena.copy({buffer.data(), static_cast<std::size_t>(end - buffer.data())})};
    }
    default:
      return {State::NoText, {}};
  }
}

std::optional<DateTime> to_time(const Node& node) {
  if (node.kind == Kind::Date) return date_of(node);
  if (node.kind == Kind::String) return parse_date_text(node.text());
  return std::nullopt;
}

void append_json(std::string& out, const Node& node) {
  std::array<char, 32> buffer;
  switch (node.kind) {
    case Kind::Null:
      out += "null";
      return;
    case Kind::Undefined:
      out += "undefined";
      return;
    case Kind::Boolean:
      out += node.boolean ? "true" : "false";
      return;
    case Kind::Integer:
      out += integer_text(node, buffer.data());
      return;
    case Kind::BigInteger:
      append_big_integer(out, node.text());
      return;
    case Kind::Float:
      out += float_json(node.number);
      return;
    case Kind::String:
      append_json_string(out, node.text());
      return;
    case Kind::Date:
      append_json_string(out, iso_text(date_of(node)));
      return;
    case Kind::Array:
      append_children(out, node, '[', ']');
      return;
    case Kind::Object:
      append_children(out, node, '{', '}');
      return;
    case Kind::Property:
      append_property(out, node);
      return;
    case Kind::Constructor:
      append_constructor(out, node);
      return;
  }
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  const char* end = text.data() + text.size();
  for (const char* p = text.data(); p != end;) {
    const char* run = p;
    p = plain_end(p, end);
    out.append(run, static_cast<std::size_t>(p - run));
    if (p != end) append_char(out, next_char(p));
  }
  out += '"';
}

}  // namespace aorta::document
