#include "core/expr/numbers.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace aorta::expr;

TEST_CASE("numbers: an integer text has blanks around, a sign and digits", "[expr]") {
  CHECK(parse_integer_text("42") == 42);
  CHECK(parse_integer_text(" \t+7\r\n") == 7);
  CHECK(parse_integer_text("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  CHECK(parse_integer_text(std::string_view("5\0\0", 3)) == 5);
  for (const char* text : {"", " ", "-", "+", "+-1", "- 1", "1 2", "1.0", "0x1", "9223372036854775808", "1e2"}) {
    INFO(text);
    CHECK_FALSE(parse_integer_text(text).has_value());
  }
}

TEST_CASE("numbers: a float text may have commas, a bare point, an exponent", "[expr]") {
  CHECK(parse_float_text("1.5") == 1.5);
  CHECK(parse_float_text(" -1,000.5e1 ") == -10005.0);
  CHECK(parse_float_text("1,,0,") == 10.0);
  CHECK(parse_float_text(".5") == 0.5);
  CHECK(parse_float_text("5.") == 5.0);
  CHECK(parse_float_text("+1e400") == std::numeric_limits<double>::infinity());
  CHECK(parse_float_text("-infinity") == -std::numeric_limits<double>::infinity());
  CHECK(std::isnan(*parse_float_text("NaN")));
  CHECK(std::signbit(*parse_float_text("-0")));
  for (const char* text : {"", ".", "e5", "1e", "1e+", ",1", "1.0,0", "--1", "- 1", "0x1p3", "inf", "1 000"}) {
    INFO(text);
    CHECK_FALSE(parse_float_text(text).has_value());
  }
}

TEST_CASE("numbers: big integers are ordered by value", "[expr]") {
  auto order = [](const char* a, const char* b) {
    return compare_big(*parse_big_integer_text(a), *parse_big_integer_text(b));
  };
  CHECK(order("99999999999999999999", "100000000000000000000") < 0);
  CHECK(order("-99999999999999999999", "-100000000000000000000") > 0);
  CHECK(order("007", "7") == 0);
  CHECK(order("-0", "0") == 0);
  CHECK(order("-1", "0") < 0);
  CHECK_FALSE(parse_big_integer_text("1.0").has_value());
}
