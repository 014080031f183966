// Decimals as .NET has them: an integer of at most 96 bits and a scale of 0 to 28, so that 72.50 stays 72.50.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aorta {

class Decimal {
 public:
  __extension__ typedef unsigned __int128 Digits;
  static constexpr int kMaxScale = 28;
  static constexpr Digits kMaxDigits = (Digits{0xFFFFFFFF} << 64) | Digits{0xFFFFFFFFFFFFFFFF};

  Decimal() = default;
  Decimal(Digits digits, int scale, bool negative)
      : digits_(digits), scale_(scale), negative_(negative && digits != 0) {}

  // All places of its scale, never an exponent, no sign on zero: "72.50", "0.00".
  std::string text() const;
  // The nearest double.
  double to_double() const;
  // By value: 80 equals 80.0.
  friend bool operator==(const Decimal& a, const Decimal& b);

 private:
  Digits digits_ = 0;
  int scale_ = 0;
  bool negative_ = false;
};

// FHIR-mapping spec 5.1, the quantity syntax: white* sign? digits-and-commas? ("." digits)? white* sign? white* NUL*.
// What does not fit is rounded half to even. Nothing: no number, or too large. Float also takes an exponent, as
// defaultPeriod texts and JSON numbers do.
enum class DecimalSyntax { Number, Float };
std::optional<Decimal> parse_decimal(std::string_view text, DecimalSyntax syntax = DecimalSyntax::Number);

// Whether a text surely is what its decimal's text() would be again. False may also mean: not looked into.
bool is_decimal_text(std::string_view text);

}  // namespace aorta
