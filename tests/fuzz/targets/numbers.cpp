// Texts as doubles, decimals and integers, and doubles as texts, held against the C library.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>

#include "core/base/arena.hpp"
#include "core/base/decimal.hpp"
#include "core/base/number.hpp"
#include "core/base/unicode.hpp"
#include "core/expr/numbers.hpp"
#include "tests/fuzz/support/property.hpp"
#include "tests/fuzz/support/target.hpp"

namespace aorta::fuzz {
namespace {

bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

void written_double(double value) {
  std::string text = float_text(value);
  require(text.size() <= 26, "a double takes at most 26 characters");
  require(float_json(value).find(text) != std::string::npos, "a double is the same text in JSON");
  if (!std::isfinite(value)) return;
  require(same_bits(parse_float(text), value), "a double's text reads back as that double");
  require(same_bits(std::strtod(text.c_str(), nullptr), value), "the C library reads a double's text alike");
}

void any_double(std::string_view input) {
  double value = 0;
  if (input.size() < sizeof value) return;
  std::memcpy(&value, input.data(), sizeof value);
  written_double(value);
}

// Digits, at most one point, an exponent: what parse_float is asked for.
bool is_number(std::string_view text) {
  auto digits = [&text] {
    std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(count);
    return count;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  std::size_t mantissa = digits();
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    mantissa += digits();
  }
  if (mantissa == 0 || text.empty()) return mantissa != 0;
  if (text[0] != 'e' && text[0] != 'E') return false;
  text.remove_prefix(1);
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return digits() != 0 && text.empty();
}

void read_double(const std::string& text) {
  if (!is_number(text)) return;
  double value = parse_float(text);
  require(same_bits(value, std::strtod(text.c_str(), nullptr)), "a number reads as the C library reads it");
  written_double(value);
}

void read_decimal(std::string_view text, DecimalSyntax syntax) {
  auto value = parse_decimal(text, syntax);
  if (!value) return;
  std::string written = value->text();
  auto again = parse_decimal(written, syntax);
  require(again && *again == *value, "a decimal's text reads back as that decimal");
  require_same(again->text(), written, "a decimal keeps its places");
  require(same_bits(value->to_double(), std::strtod(written.c_str(), nullptr)), "a decimal is its nearest double");
}

void read_texts(std::string_view text) {
  auto integer = expr::parse_integer_text(text);
  auto big = expr::parse_big_integer_text(text);
  auto real = expr::parse_float_text(text);
  require(!integer || big, "a 64-bit integer is an integer of any size");
  require(!big || real, "an integer is a number");
  if (integer) require(*real == static_cast<double>(*integer), "an integer is the number next to it");
  if (big) require(expr::compare_big(*big, *big) == 0, "an integer equals itself");
}

void numbers(std::string_view input) {
  any_double(input);
  std::string text(input);
  read_double(text);
  read_decimal(text, DecimalSyntax::Number);
  read_decimal(text, DecimalSyntax::Float);
  Arena arena(kSmallBlock);
  read_texts(valid_utf8(input, Surrogates::Allow, arena));
}

}  // namespace

const Target kNumbers{"numbers", numbers};

}  // namespace aorta::fuzz
