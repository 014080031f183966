// What strict JSON does not have, and what of it is rare: comments, bare names, escapes, odd numbers and literals.
#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

#include "core/base/number.hpp"
#include "core/base/unicode.hpp"
#include "core/document/reader.hpp"

namespace aorta::document {
namespace {

constexpr std::size_t kMaxBigInteger = 380;  // characters

bool is_number_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '-' || c == '+' ||
         c == '.' || c == 'x' || c == 'X';
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

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

char32_t Reader::char_here() const {
  if (at_end()) return 0;
  const char* p = at_;
  return next_char(p);
}

bool Reader::value_slow(char32_t c) {
  if (at_end()) return fail("a value is missing at the end of the text");
  bool infinite = c == '-';
  switch (c) {
    case 'n':
      return end_ - at_ > 1 && at_[1] == 'e' ? constructor() : literal("null", Kind::Null);
    case 'N':
      return literal("NaN", Kind::Float, std::numeric_limits<double>::quiet_NaN());
    case 'I':
      return literal("Infinity", Kind::Float, std::numeric_limits<double>::infinity());
    case 'u':
      return literal("undefined", Kind::Undefined);
    case ',':  // a missing value; the comma is read again behind it
      add(Kind::Undefined);
      after_scalar();
      return true;
    default:
      return fail(infinite ? "this is no number" : "no JSON value starts here");
  }
}

bool Reader::is_separator() const {
  if (at_end()) return true;
  switch (char c = *at_; c) {
    case '\0':
    case '}':
    case ']':
    case ',':
      return true;
    case '/':
      return end_ - at_ > 1 && (at_[1] == '*' || at_[1] == '/');
    case ')':
      return depth_ > 0 &&
             document_.tape_[frames_[static_cast<std::size_t>(depth_ - 1)].node].kind == Kind::Constructor;
    default:
      return is_white_space(char_here());
  }
}

bool Reader::skip_blanks_slow() {
  while (at_ < end_) {
    if (*at_ == '/') {
      if (!comment()) return false;
    } else if (char32_t c = char_here(); c == 0 || is_white_space(c)) {
      next_char(at_);
    } else {
      return true;
    }
  }
  return true;
}

// At a "/". A comment that a "//" at the very end opens is cut off, as the reference has it.
bool Reader::comment() {
  if (end_ - at_ < 3) return fail("a comment does not end");
  bool line = at_[1] == '/';
  if (!line && at_[1] != '*') return fail("a \"/\" that starts no comment");
  at_ += 2;
  if (line) {
    while (at_ < end_ && *at_ != '\n' && *at_ != '\r') ++at_;
    return true;
  }
  std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
  std::size_t close = rest.find("*/");
  if (close == std::string_view::npos) {
    at_ = end_;
    return fail("a comment does not end");
  }
  at_ += close + 2;
  return true;
}

bool Reader::bare_name(std::string_view& out) {
  const char* start = at_;
  for (char32_t c = char_here(); !at_end() && (is_letter_or_digit(c) || c == '_' || c == '$'); c = char_here())
    next_char(at_);
  if (at_ == start) return fail(at_end() ? "the text ends inside an object" : "no member's name starts here");
  if (at_end()) return fail("the text ends inside an object");
  out = {start, static_cast<std::size_t>(at_ - start)};
  if (*at_ == ':' || *at_ == '\0' || is_white_space(char_here())) return true;
  return fail("a character that a name without quotes cannot have");
}

bool Reader::quoted_with_escapes(const char* start, const char* quote, std::string_view& out) {
  char* first = static_cast<char*>(document_.arena_.allocate(static_cast<std::size_t>(quote - start), 1));
  char* to = first;
  for (const char* from = start; from < quote;) {
    const void* next = std::memchr(from, '\\', static_cast<std::size_t>(quote - from));
    const char* stop = next ? static_cast<const char*>(next) : quote;
    to = std::copy(from, stop, to);
    from = stop;
    if (from < quote && !escape(++from, to)) return false;
  }
  out = {first, static_cast<std::size_t>(to - first)};
  at_ = quote + 1;
  return true;
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
      at_ = from;
      return fail("an escape that JSON does not have");
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
    at_ = from;
    return fail("a \\u needs four hexadecimal digits");
  }
  from += 4;
  unit = value;
  return true;
}

bool Reader::number() {
  if (end_ - at_ > 1 && at_[0] == '-' && at_[1] == 'I')
    return literal("-Infinity", Kind::Float, -std::numeric_limits<double>::infinity());
  const char* start = at_;
  while (at_ < end_ && is_number_char(*at_)) ++at_;
  char stop = peek();
  bool ends = at_end() || stop == '\0' || stop == ',' || stop == '}' || stop == ']' || stop == ')' || stop == '/';
  return ends || is_white_space(char_here()) ? number_slow(start) : fail("this is no number");
}

bool Reader::number_slow(const char* start) {
  std::string_view text(start, static_cast<std::size_t>(at_ - start));
  bool based = text.size() > 1 && text[0] == '0' && text[1] != '.' && text[1] != 'e' && text[1] != 'E';
  if (based) return based_integer(text);
  if (all_digits(without_sign(text))) return decimal(text);
  if (!is_float(text)) return fail("this is no number");
  Node& node = add(Kind::Float);
  node.number = parse_float(text);
  set_text(node, text);
  return true;
}

// 0x1F, 010: sixty-four bits, the highest one the sign.
bool Reader::based_integer(std::string_view text) {
  std::string_view digits = text.substr(is_hex(text) ? 2 : 1);
  std::uint64_t bits = 0;
  auto read = std::from_chars(digits.data(), digits.data() + digits.size(), bits, is_hex(text) ? 16 : 8);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return fail("this is no number");
  Node& node = add(Kind::Integer);
  node.integer = static_cast<std::int64_t>(bits);
  set_text(node, text);
  return true;
}

bool Reader::decimal(std::string_view text) {
  constexpr std::size_t kMostDigits = 19;
  std::int64_t value = 0;
  auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  bool fits = read.ec == std::errc() && without_sign(text).size() <= kMostDigits;
  if (!fits && text.size() > kMaxBigInteger) return fail("an integer of more than 380 characters");
  Node& node = add(fits ? Kind::Integer : Kind::BigInteger);
  if (fits) node.integer = value;
  set_text(node, text);
  return true;
}

// new Date(1, "x"): the name is the node's text, the arguments its children.
bool Reader::constructor() {
  if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with("new"))
    return fail("no JSON value starts here");
  at_ += 3;
  if (!is_separator()) return fail("no JSON value starts here");
  auto skip = [this] {
    while (!at_end() && (*at_ == '\0' || is_white_space(char_here()))) next_char(at_);
  };
  skip();
  const char* start = at_;
  while (!at_end() && is_letter_or_digit(char_here())) next_char(at_);
  std::string_view name(start, static_cast<std::size_t>(at_ - start));
  skip();
  if (peek() != '(') return fail("a \"(\" is missing behind a constructor's name");
  if (!open(Kind::Constructor)) return false;
  Node& node = document_.tape_[document_.used_ - 1];
  node.text_data = name.data();
  node.text_size = static_cast<std::uint32_t>(name.size());
  return true;
}

}  // namespace aorta::document
