// Numbers in texts, as .NET's invariant culture reads them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace aorta::expr {

// long.Parse: blanks around, a sign, digits, trailing NULs. Nothing: no such number, or beyond 64 bits.
std::optional<std::int64_t> parse_integer_text(std::string_view text);
// double.Parse: also a point, an exponent, commas between the digits before the point, Infinity and NaN. Beyond the
// range ±infinity.
std::optional<double> parse_float_text(std::string_view text);
// The digits of an integer of any size: sign and digits without leading zeros. Nothing: no such number.
struct BigDigits {
  bool negative = false;
  std::string_view digits;  // empty for zero
};
std::optional<BigDigits> parse_big_integer_text(std::string_view text);
// BigInteger's order by value: negative, 0 or positive.
int compare_big(const BigDigits& a, const BigDigits& b);

}  // namespace aorta::expr
