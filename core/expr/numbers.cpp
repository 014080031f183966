#include "core/expr/numbers.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "core/base/number.hpp"
#include "core/base/unicode.hpp"
#include "core/base/whole_number.hpp"

namespace aorta::expr {
namespace {

// The blanks of .NET's number formats; narrower than Unicode white space.
bool is_number_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string_view trim_number(std::string_view text) {
  while (!text.empty() && text.back() == '\0') text.remove_suffix(1);
  while (!text.empty() && is_number_blank(text.back())) text.remove_suffix(1);
  while (!text.empty() && is_number_blank(text.front())) text.remove_prefix(1);
  return text;
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

// Names of what is no number are looked for in text without white space of any kind.
std::optional<double> parse_symbol(std::string_view text) {
  while (!text.empty()) {
    const char* p = text.data();
    if (!is_white_space(next_char(p))) break;
    text.remove_prefix(static_cast<std::size_t>(p - text.data()));
  }
  while (!text.empty()) {
    std::size_t last = text.size() - 1;
    while (last > 0 && (static_cast<unsigned char>(text[last]) & 0xC0) == 0x80) --last;
    const char* p = text.data() + last;
    if (!is_white_space(next_char(p))) break;
    text = text.substr(0, last);
  }
  bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  if (same_ignoring_case(text, "nan")) return std::numeric_limits<double>::quiet_NaN();
  if (!same_ignoring_case(text, "infinity")) return {};
  double infinity = std::numeric_limits<double>::infinity();
  return negative ? -infinity : infinity;
}

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

// Digits with commas between, a point, an exponent; at least one digit. Tells whether that is all of `text`.
bool is_unsigned_float(std::string_view text, bool& commas) {
  std::size_t at = 0;
  bool digits = false;
  for (; at < text.size() && (is_digit(text[at]) || (digits && text[at] == ',')); ++at) {
    commas = commas || text[at] == ',';
    digits = true;
  }
  if (at < text.size() && text[at] == '.') {
    std::size_t end = skip_digits(text, at + 1);
    digits = digits || end > at + 1;
    at = end;
  }
  if (!digits) return false;
  if (at < text.size() && lower(text[at]) == 'e') {
    std::size_t from = at + 1;
    if (from < text.size() && (text[from] == '+' || text[from] == '-')) ++from;
    std::size_t end = skip_digits(text, from);
    if (end == from) return false;
    at = end;
  }
  return at == text.size();
}

}  // namespace

std::optional<std::int64_t> parse_integer_text(std::string_view text) {
  text = trim_number(text);
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') return {};
  }
  return whole_number<std::int64_t>(text);
}

std::optional<double> parse_float_text(std::string_view text) {
  std::string_view number = trim_number(text);
  bool negative = !number.empty() && number.front() == '-';
  if (!number.empty() && (number.front() == '-' || number.front() == '+')) number.remove_prefix(1);
  bool commas = false;
  if (!is_unsigned_float(number, commas)) return parse_symbol(text);
  std::string plain;
  if (commas) {
    for (char c : number) {
      if (c != ',') plain += c;
    }
    number = plain;
  }
  double value = parse_float(number);
  return negative ? -value : value;
}

std::optional<BigDigits> parse_big_integer_text(std::string_view text) {
  text = trim_number(text);
  BigDigits out;
  out.negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  if (text.empty() || skip_digits(text, 0) != text.size()) return {};
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
  out.digits = text;
  out.negative = out.negative && !text.empty();
  return out;
}

int compare_big(const BigDigits& a, const BigDigits& b) {
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  int sign = a.negative ? -1 : 1;
  if (a.digits.size() != b.digits.size()) return a.digits.size() < b.digits.size() ? -sign : sign;
  return sign * a.digits.compare(b.digits);
}

}  // namespace aorta::expr
