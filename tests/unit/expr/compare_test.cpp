#include "core/expr/compare.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "core/document/document.hpp"

using namespace aorta;
using namespace aorta::expr;

namespace {

struct Pair {
  Pair(const char* left, const char* right) {
    REQUIRE(a.read_value(left).has_value());
    REQUIRE(b.read_value(right).has_value());
  }
  document::Document a, b;
};

bool equal(const char* left, const char* right) {
  Pair pair(left, right);
  bool forth = equal_values(pair.a.root(), pair.b.root());
  CHECK(forth == equal_values(pair.b.root(), pair.a.root()));
  return forth;
}

Order order(const char* left, const char* right) {
  Pair pair(left, right);
  return compare_values(pair.a.root(), pair.b.root());
}

}  // namespace

TEST_CASE("compare: equal values have one type", "[expr]") {
  CHECK(equal("1", "1"));
  CHECK_FALSE(equal("1", "1.0"));
  CHECK_FALSE(equal("1", "\"1\""));
  CHECK_FALSE(equal("1", "true"));
  CHECK(equal("null", "null"));
  CHECK_FALSE(equal("null", "undefined"));
  CHECK_FALSE(equal("null", "\"\""));
  CHECK(equal("99999999999999999999", "99999999999999999999"));
  CHECK_FALSE(equal("99999999999999999999", "99999999999999999998"));
}

TEST_CASE("compare: floats are equal within the reference's tolerance, NaN to itself", "[expr]") {
  CHECK(equal("0.1", "0.1000000000000002"));
  CHECK_FALSE(equal("0.1", "0.10000001"));
  CHECK(equal("NaN", "NaN"));
  CHECK(equal("-0.0", "0.0"));
}

TEST_CASE("compare: dates are equal by their digits, whatever the zone", "[expr]") {
  CHECK(equal("\"2024-03-05T08:15:30Z\"", "\"2024-03-05T08:15:30\""));
  CHECK_FALSE(equal("\"2024-03-05T08:15:30Z\"", "\"2024-03-05T08:15:31Z\""));
}

TEST_CASE("compare: the order is that of the left operand's type, a text takes the right's", "[expr]") {
  CHECK(order("26", "\"3\"") == Order::Greater);
  CHECK(order("26", "\"3.5\"") == Order::NotANumber);
  CHECK(order("26.5", "\"3.5\"") == Order::Greater);
  CHECK(order("\"26\"", "3.5") == Order::Greater);
  CHECK(order("\"26.5\"", "3") == Order::NotANumber);
  CHECK(order("\"a\"", "\"B\"") == Order::Greater);
  CHECK(order("true", "0") == Order::Greater);
  CHECK(order("2", "true") == Order::Greater);
  CHECK(order("true", "2") == Order::Equal);
  CHECK(order("\" TRUE \"", "true") == Order::Equal);
  CHECK(order("\"1\"", "true") == Order::NotABoolean);
  CHECK(order("1", "1.5") == Order::Less);
}

TEST_CASE("compare: null is lowest", "[expr]") {
  CHECK(order("null", "null") == Order::Equal);
  CHECK(order("null", "\"\"") == Order::Less);
  CHECK(order("-1", "null") == Order::Greater);
  CHECK(order("NaN", "null") == Order::Greater);
}

TEST_CASE("compare: dates have an order with dates and texts that are dates", "[expr]") {
  const char* date = "\"2024-03-05T08:15:30Z\"";
  CHECK(order(date, "\"2024-01-01\"") == Order::Greater);
  CHECK(order(date, "\"2024-03-05T10:15:30+02:00\"") == Order::Equal);
  CHECK(order(date, "\"x\"") == Order::NotADate);
  CHECK(order(date, "5") == Order::NoOrder);
  CHECK(order("\"2024\"", date) == Order::NoOrder);
}

TEST_CASE("compare: integers beyond 64 bits are compared exactly", "[expr]") {
  CHECK(order("99999999999999999999", "9223372036854775807") == Order::Greater);
  CHECK(order("1", "99999999999999999999") == Order::Less);
  CHECK(order("-99999999999999999999", "1.5") == Order::Less);
  CHECK(order("100000000000000000000", "1e20") == Order::Equal);
  CHECK(order("100000000000000000001", "1e20") == Order::Greater);
  CHECK(order("\"100000000000000000001\"", "100000000000000000000") == Order::Greater);
  CHECK(order("99999999999999999999", "true") == Order::NoOrder);
  CHECK(is_failure(order("99999999999999999999", "NaN")));
}

TEST_CASE("compare: texts are ordered by UTF-16 units", "[expr]") {
  CHECK(compare_ordinal("a", "a") == 0);
  CHECK(compare_ordinal("a", "ab") < 0);
  CHECK(compare_ordinal("é", "z") > 0);
  CHECK(compare_ordinal("\U0001F600", "\uFFFD") < 0);
  CHECK(compare_ordinal("\U0001F600", "\U0001F601") < 0);
  CHECK(compare_ordinal("x\U0001F600", "x\uD7FF") > 0);
}
