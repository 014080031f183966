#include "core/base/number.hpp"

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace aorta;

TEST_CASE("numbers: a float's text is the shortest that reads back", "[base]") {
  CHECK(float_text(72.50) == "72.5");
  CHECK(float_text(1e2) == "100");
  CHECK(float_text(1e15) == "1000000000000000");
  CHECK(float_text(1e16) == "10000000000000000");
  CHECK(float_text(1e17) == "1E+17");
  CHECK(float_text(12345678901234567.0) == "12345678901234568");
  CHECK(float_text(123456789012345678.0) == "1.2345678901234568E+17");
  CHECK(float_text(0.0001) == "0.0001");
  CHECK(float_text(0.00012) == "0.00012");
  CHECK(float_text(0.00001) == "1E-05");
  CHECK(float_text(1.5e300) == "1.5E+300");
  CHECK(float_text(5e-324) == "5E-324");
  CHECK(float_text(78 * 0.0254) == "1.9811999999999999");
  CHECK(float_text(-0.0) == "-0");
  CHECK(float_text(0.0) == "0");
  CHECK(float_text(std::numeric_limits<double>::quiet_NaN()) == "NaN");
  CHECK(float_text(-std::numeric_limits<double>::infinity()) == "-Infinity");
}

TEST_CASE("numbers: as JSON a float shows that it is one", "[base]") {
  CHECK(float_json(3) == "3.0");
  CHECK(float_json(1000) == "1000.0");
  CHECK(float_json(-0.0) == "-0.0");
  CHECK(float_json(1e20) == "1E+20");
  CHECK(float_json(2.5) == "2.5");
  CHECK(float_json(std::numeric_limits<double>::infinity()) == "\"Infinity\"");
}

TEST_CASE("numbers: texts are rounded exactly and run out of range quietly", "[base]") {
  CHECK(parse_float("0.1") == 0.1);
  CHECK(parse_float(".5") == 0.5);
  CHECK(parse_float("5.") == 5.0);
  CHECK(parse_float("1.e2") == 100.0);
  CHECK(parse_float("9007199254740993.0") == 9007199254740992.0);
  CHECK(parse_float("1e400") == std::numeric_limits<double>::infinity());
  CHECK(parse_float("-1e400") == -std::numeric_limits<double>::infinity());
  CHECK(parse_float("1e99999999999999999999") == std::numeric_limits<double>::infinity());
  CHECK(parse_float("1e-400") == 0.0);
  CHECK(parse_float("1e-99999999999999999999") == 0.0);
  CHECK(parse_float("0e99999999999999999999") == 0.0);
  CHECK(std::signbit(parse_float("-1e-400")));
  CHECK(parse_float("0." + std::string(400, '0') + "1") == 0.0);
  CHECK(parse_float(std::string(400, '9') + ".0") == std::numeric_limits<double>::infinity());
}

TEST_CASE("numbers: every float comes back from its text", "[base]") {
  std::uint64_t state = 1;
  for (int i = 0; i < 200'000; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    auto value = std::bit_cast<double>(state);
    if (!std::isfinite(value)) continue;
    REQUIRE(std::bit_cast<std::uint64_t>(parse_float(float_text(value))) == state);
    REQUIRE(float_text(value).size() <= 26);
  }
}
