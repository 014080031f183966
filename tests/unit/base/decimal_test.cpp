#include "core/base/decimal.hpp"

#include <catch2/catch.hpp>

namespace {

std::string parsed(std::string_view text, aorta::DecimalSyntax syntax = aorta::DecimalSyntax::Number) {
  auto value = aorta::parse_decimal(text, syntax);
  return value ? value->text() : "error";
}

}  // namespace

TEST_CASE("decimal: digits keep their scale", "[base][unit]") {
  CHECK(parsed("72.50") == "72.50");
  CHECK(parsed("007.50") == "7.50");
  CHECK(parsed("72.") == "72");
  CHECK(parsed(".5") == "0.5");
  CHECK(parsed("-0.00") == "0.00");
}

TEST_CASE("decimal: commas are skipped, and signs may stand at either end", "[base][unit]") {
  CHECK(parsed("1,234.5") == "1234.5");
  CHECK(parsed("1,,000") == "1000");
  CHECK(parsed("72,5") == "725");
  CHECK(parsed("72-") == "-72");
  CHECK(parsed("72 -") == "-72");
  CHECK(parsed("\t7\n") == "7");
  CHECK(parsed(std::string_view("7\0", 2)) == "7");
}

TEST_CASE("decimal: what is no number is refused", "[base][unit]") {
  for (std::string_view text :
       {"", " ", ".", ",1", "1.5,", "1 000", "- 72", "--1", "-1-", "1e3", "0x48", "NaN", "72%",
        "\xC2\xA0"
        "1"}) {
    INFO(text);
    CHECK(parsed(text) == "error");
  }
}

TEST_CASE("decimal: what does not fit is rounded half to even", "[base][unit]") {
  CHECK(parsed("1.00000000000000000000000000000") == "1.0000000000000000000000000000");
  CHECK(parsed("0.12345678901234567890123456785") == "0.1234567890123456789012345678");
  CHECK(parsed("0.12345678901234567890123456775") == "0.1234567890123456789012345678");
  CHECK(parsed("0.1234567890123456789012345678500001") == "0.1234567890123456789012345679");
  CHECK(parsed("99.9999999999999999999999999999") == "100.00000000000000000000000000");
  CHECK(parsed("7922816251426433759354395033.55") == "7922816251426433759354395034");
  CHECK(parsed("79228162514264337593543950334.5") == "79228162514264337593543950334");
  CHECK(parsed("79228162514264337593543950335.4") == "79228162514264337593543950335");
  CHECK(parsed("79228162514264337593543950335.5") == "error");
  CHECK(parsed("792281625142643375935439503350") == "error");
}

TEST_CASE("decimal: exponents shift the point where they are allowed", "[base][unit]") {
  using aorta::DecimalSyntax;
  CHECK(parsed("5e3", DecimalSyntax::Float) == "5000");
  CHECK(parsed("1.50e1", DecimalSyntax::Float) == "15.0");
  CHECK(parsed("1E-3", DecimalSyntax::Float) == "0.001");
  CHECK(parsed("9e-29", DecimalSyntax::Float) == "0.0000000000000000000000000001");
  CHECK(parsed("1e-999999999999", DecimalSyntax::Float) == "0.0000000000000000000000000000");
  CHECK(parsed("1e30", DecimalSyntax::Float) == "error");
  CHECK(parsed("0e99999999999", DecimalSyntax::Float) == "0");
}

TEST_CASE("decimal: values are compared whatever their scale", "[base][unit]") {
  CHECK(aorta::parse_decimal("80") == aorta::parse_decimal("80.00"));
  CHECK_FALSE(aorta::parse_decimal("80") == aorta::parse_decimal("-80"));
  CHECK(aorta::parse_decimal("33.333")->to_double() == 33.333);
}

TEST_CASE("decimal: a decimal's text is known when it is seen", "[base][unit]") {
  for (const char* text : {"0", "7", "72", "72.50", "0.5", "0.00", "-72.5", "1234567890123456789012345678"}) {
    CAPTURE(text);
    CHECK(aorta::is_decimal_text(text));
  }
  constexpr std::string_view kChars = "0123.-+, eE";
  std::uint64_t state = 3;
  for (int i = 0; i < 200'000; ++i) {
    std::string text;
    state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    std::size_t length = (state >> 33U) % 32;
    for (std::uint64_t bits = state; text.size() < length; bits = bits * 0x9E3779B97F4A7C15U + 1)
      text += kChars[(bits >> 40U) % (i % 2 == 0 ? 6 : kChars.size())];
    if (!aorta::is_decimal_text(text)) continue;
    CAPTURE(text);
    auto decimal = aorta::parse_decimal(text);
    REQUIRE(decimal.has_value());
    REQUIRE(decimal->text() == text);
  }
}
