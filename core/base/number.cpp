#include "core/base/number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace aorta {
namespace {

constexpr int kFirstScientific = 17;  // 1E+17
constexpr int kLastScientific = -5;   // 1E-05

// digits d1 d2 … dn mean d1.d2…dn * 10^exponent; no trailing zeros unless it is "0".
struct Decimal {
  std::array<char, 20> digits;
  int size = 0;
  int exponent = 0;
};

Decimal shortest(double magnitude) {
  std::array<char, 32> text;
  char* end = std::to_chars(text.data(), text.data() + text.size(), magnitude, std::chars_format::scientific).ptr;
  char* e = std::find(text.data(), end, 'e');
  Decimal out;
  for (char* p = text.data(); p != e; ++p) {
    if (*p != '.') out.digits[static_cast<std::size_t>(out.size++)] = *p;
  }
  std::from_chars(e[1] == '+' ? e + 2 : e + 1, end, out.exponent);
  return out;
}

char* put(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* put_zeros(char* out, int count) { return count > 0 ? std::fill_n(out, count, '0') : out; }

char* put_scientific(char* out, const Decimal& d) {
  *out++ = d.digits[0];
  if (d.size > 1) {
    *out++ = '.';
    out = std::copy_n(d.digits.data() + 1, d.size - 1, out);
  }
  *out++ = 'E';
  *out++ = d.exponent < 0 ? '-' : '+';
  int e = std::abs(d.exponent);
  if (e < 10) *out++ = '0';
  return std::to_chars(out, out + 4, e).ptr;
}

char* put_plain(char* out, const Decimal& d) {
  if (d.exponent < 0) {
    out = put_zeros(put(out, "0."), -d.exponent - 1);
    return std::copy_n(d.digits.data(), d.size, out);
  }
  int whole = std::min(d.size, d.exponent + 1);
  out = put_zeros(std::copy_n(d.digits.data(), whole, out), d.exponent + 1 - d.size);
  if (d.size == whole) return out;
  *out++ = '.';
  return std::copy_n(d.digits.data() + whole, d.size - whole, out);
}

char* put_float(char* out, double value) {
  if (std::isnan(value)) return put(out, "NaN");
  if (std::signbit(value)) *out++ = '-';
  if (std::isinf(value)) return put(out, "Infinity");
  Decimal d = shortest(std::fabs(value));
  bool plain = d.exponent > kLastScientific && d.exponent < kFirstScientific;
  return plain ? put_plain(out, d) : put_scientific(out, d);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Power of ten of the first digit that is not 0; for numbers that are no zero but fit no double, its sign tells
// overflow from underflow.
long magnitude_of(std::string_view text) {
  std::size_t i = !text.empty() && text[0] == '-' ? 1 : 0;
  long power = 0;
  bool point = false;
  bool significant = false;
  for (; i < text.size() && (is_digit(text[i]) || text[i] == '.'); ++i) {
    if (text[i] == '.') {
      point = true;
      continue;
    }
    significant = significant || text[i] != '0';
    if (!point && significant) ++power;
    if (point && !significant) --power;
  }
  if (i + 1 >= text.size()) return power;
  const char* from = text.data() + i + (text[i + 1] == '+' ? 2 : 1);
  constexpr long kFar = std::numeric_limits<long>::max() / 2;  // the sum below must not wrap around
  long exponent = 0;
  auto read = std::from_chars(from, text.data() + text.size(), exponent);
  if (read.ec == std::errc::result_out_of_range) exponent = text[i + 1] == '-' ? -kFar : kFar;
  return power + std::clamp(exponent, -kFar, kFar);
}

}  // namespace

std::size_t write_float_text(double value, char* out) { return static_cast<std::size_t>(put_float(out, value) - out); }

std::string float_text(double value) {
  std::array<char, 32> text;
  return {text.data(), write_float_text(value, text.data())};
}

std::string float_json(double value) {
  std::string text = float_text(value);
  if (!std::isfinite(value)) return '"' + text + '"';
  if (text.find_first_of(".E") == std::string::npos) text += ".0";
  return text;
}

double parse_float(std::string_view text) {
  double value = 0;
  auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc::result_out_of_range) return value;
  double limit = magnitude_of(text) > 0 ? std::numeric_limits<double>::infinity() : 0.0;
  return text[0] == '-' ? -limit : limit;
}

}  // namespace aorta
