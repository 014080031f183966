// What strict JSON does not have, and what of it is rare: comments, bare names, escapes, odd numbers and literals.
#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

#include "core/base/number.hpp"
#include "core/base/unicode.hpp"
#include "core/document/reader.hpp"
#include "core/document/scan.hpp"

namespace aorta::document {
namespace {

constexpr std::size_t kMaxBigInteger = 380;  // characters

bool is_number_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '-' || c == '+' ||
         c == '.' || c == 'x' || c == 'X';
}

std::string_view without_sign(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return text;
}

bool all_digits(std::string_view text) {
  for (char c : text) {
    if (!is_digit(c)) return false;
  }
  return !text.empty();
}

std::size_t count_digits(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && is_digit(text[n])) ++n;
  return n;
}

// -?(digits .? digits* | . digits)([eE][+-]?digits)?
bool is_float(std::string_view text) {
  text = without_sign(text);
  std::size_t digits = count_digits(text);
  text.remove_prefix(digits);
  if (text.starts_with('.')) {
    std::size_t more = count_digits(text.substr(1));
    digits += more;
    text.remove_prefix(1 + more);
  }
  if (digits == 0) return false;
  if (text.empty()) return true;
  if (text[0] != 'e' && text[0] != 'E') return false;
  text.remove_prefix(1);
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return all_digits(text);
}

bool is_hex(std::string_view text) { return text.size() > 1 && (text[1] == 'x' || text[1] == 'X'); }

}  // namespace

char32_t Reader::char_at(const char* p) const { return p == end_ ? 0 : next_char(p); }

// Blanks and NUL, but no comments.
const char* Reader::skip_white_space(const char* p) const {
  while (p < end_ && (*p == '\0' || is_white_space(char_at(p)))) next_char(p);
  return p;
}

const char* Reader::value_slow(const char* p) {
  if (p == end_) return fail(p, "a value is missing at the end of the text");
  switch (*p) {
    case 'n':
      return end_ - p > 1 && p[1] == 'e' ? constructor(p) : literal(p, "null", Kind::Null);
    case 'N':
      return literal(p, "NaN", Kind::Float, std::numeric_limits<double>::quiet_NaN());
    case 'I':
      return literal(p, "Infinity", Kind::Float, std::numeric_limits<double>::infinity());
    case 'u':
      return literal(p, "undefined", Kind::Undefined);
    case ',':
      add(Kind::Undefined);
      return finish(p);  // a missing value; the comma is read again behind it
    default:
      return fail(p, "no JSON value starts here");
  }
}

bool Reader::is_separator(const char* p) const {
  if (p == end_) return true;
  switch (*p) {
    case '\0':
    case '}':
    case ']':
    case ',':
      return true;
    case '/':
      return end_ - p > 1 && (p[1] == '*' || p[1] == '/');
    case ')':
      return top_->kind == Kind::Constructor;
    default:
      return is_white_space(char_at(p));
  }
}

const char* Reader::skip_blanks_slow(const char* p) {
  while (p < end_) {
    if (*p == '/') {
      p = comment(p);
      if (!p) return nullptr;
    } else if (*p == '\0' || is_white_space(char_at(p))) {
      next_char(p);
    } else {
      return p;
    }
  }
  return p;
}

// At a "/". A "//" that ends the text is no comment yet, as the reference has it.
const char* Reader::comment(const char* p) {
  if (end_ - p < 3) return fail(p, "a comment does not end");
  bool line = p[1] == '/';
  if (!line && p[1] != '*') return fail(p, "a \"/\" that starts no comment");
  p += 2;
  if (line) {
    while (p < end_ && *p != '\n' && *p != '\r') ++p;
    return p;
  }
  std::string_view rest(p, static_cast<std::size_t>(end_ - p));
  std::size_t close = rest.find("*/");
  return close != std::string_view::npos ? p + close + 2 : fail(end_, "a comment does not end");
}

const char* Reader::bare_name(const char* p, std::string_view& out) {
  const char* start = p;
  for (char32_t c = char_at(p); p < end_ && (is_letter_or_digit(c) || c == '_' || c == '$'); c = char_at(p))
    next_char(p);
  if (p == end_) return fail(p, "the text ends inside an object");
  if (p == start) return fail(p, "no member's name starts here");
  out = {start, static_cast<std::size_t>(p - start)};
  if (*p == ':' || *p == '\0' || is_white_space(char_at(p))) return p;
  return fail(p, "a character that a name without quotes cannot have");
}

const char* Reader::quoted_with_escapes(const char* start, const char* quote, std::string_view& out) {
  char* first = static_cast<char*>(document_.arena_.allocate(static_cast<std::size_t>(quote - start), 1));
  char* to = first;
  for (const char* from = start; from < quote;) {
    const void* next = std::memchr(from, '\\', static_cast<std::size_t>(quote - from));
    const char* stop = next ? static_cast<const char*>(next) : quote;
    to = std::copy(from, stop, to);
    from = stop;
    if (from < quote && !escape(++from, to)) return nullptr;
  }
  out = {first, static_cast<std::size_t>(to - first)};
  return quote + 1;
}

// `from` stands behind the backslash.
bool Reader::escape(const char*& from, char*& to) {
  switch (char c = *from++; c) {
    case 'b':
      *to++ = '\b';
      return true;
    case 't':
      *to++ = '\t';
      return true;
    case 'n':
      *to++ = '\n';
      return true;
    case 'f':
      *to++ = '\f';
      return true;
    case 'r':
      *to++ = '\r';
      return true;
    case '\\':
    case '"':
    case '\'':
    case '/':
      *to++ = c;
      return true;
    case 'u':
      return unicode_escape(from, to);
    default:
      fail(from, "an escape that JSON does not have");
      return false;
  }
}

bool Reader::unicode_escape(const char*& from, char*& to) {
  char32_t unit = 0;
  if (!hex_unit(from, unit)) return false;
  if (is_high_surrogate(unit) && end_ - from > 1 && from[0] == '\\' && from[1] == 'u') {
    const char* ahead = from + 2;
    char32_t low = 0;
    if (!hex_unit(ahead, low)) return false;
    if (is_low_surrogate(low)) {
      from = ahead;
      unit = join_surrogates(unit, low);
    }
  }
  to = write_utf8(unit, to);
  return true;
}

bool Reader::hex_unit(const char*& from, char32_t& unit) {
  unsigned int value = 0;
  if (end_ - from < 4 || std::from_chars(from, from + 4, value, 16).ptr != from + 4) {
    fail(from, "a \\u needs four hexadecimal digits");
    return false;
  }
  from += 4;
  unit = value;
  return true;
}

const char* Reader::number(const char* p) {
  if (end_ - p > 1 && p[0] == '-' && p[1] == 'I')
    return literal(p, "-Infinity", Kind::Float, -std::numeric_limits<double>::infinity());
  const char* start = p;
  while (p < end_ && is_number_char(*p)) ++p;
  char stop = peek(p);
  bool ends = stop == '\0' || stop == ',' || stop == '}' || stop == ']' || stop == ')' || stop == '/';
  if (!ends && !is_white_space(char_at(p))) return fail(p, "this is no number");
  std::string_view text(start, static_cast<std::size_t>(p - start));
  bool based = text.size() > 1 && text[0] == '0' && text[1] != '.' && text[1] != 'e' && text[1] != 'E';
  if (based) return based_integer(p, text);
  if (all_digits(without_sign(text))) return decimal(p, text);
  if (!is_float(text)) return fail(p, "this is no number");
  Node& node = add(Kind::Float);
  node.number = parse_float(text);
  return finish(p, node, text);
}

// 0x1F, 010: sixty-four bits, the highest one the sign.
const char* Reader::based_integer(const char* p, std::string_view text) {
  std::string_view digits = text.substr(is_hex(text) ? 2 : 1);
  std::uint64_t bits = 0;
  auto read = std::from_chars(digits.data(), digits.data() + digits.size(), bits, is_hex(text) ? 16 : 8);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return fail(p, "this is no number");
  Node& node = add(Kind::Integer);
  node.integer = static_cast<std::int64_t>(bits);
  return finish(p, node, text);
}

const char* Reader::decimal(const char* p, std::string_view text) {
  constexpr std::size_t kMostDigits = 19;
  std::int64_t value = 0;
  auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  bool fits = read.ec == std::errc() && without_sign(text).size() <= kMostDigits;
  if (!fits && text.size() > kMaxBigInteger) return fail(p, "an integer of more than 380 characters");
  Node& node = add(fits ? Kind::Integer : Kind::BigInteger);
  if (fits) node.integer = value;
  return finish(p, node, text);
}

// new Date(1, "x"): the name is the node's text, the arguments its children.
const char* Reader::constructor(const char* p) {
  if (!std::string_view(p, static_cast<std::size_t>(end_ - p)).starts_with("new"))
    return fail(p, "no JSON value starts here");
  p += 3;
  if (!is_separator(p)) return fail(p, "no JSON value starts here");
  p = skip_white_space(p);
  const char* start = p;
  while (p < end_ && is_letter_or_digit(char_at(p))) next_char(p);
  std::string_view name(start, static_cast<std::size_t>(p - start));
  p = skip_white_space(p);
  if (peek(p) != '(') return fail(p, "a \"(\" is missing behind a constructor's name");
  p = open(p, Kind::Constructor);
  if (!p) return nullptr;
  Node& node = nodes_[used_ - 1];
  node.text_data = name.data();
  node.text_size = static_cast<std::uint32_t>(name.size());
  return p;
}

}  // namespace aorta::document
