#include "core/pipeline/match.hpp"

#include <catch2/catch.hpp>

#include "core/config/yaml.hpp"
#include "core/document/document.hpp"

using namespace aorta;
using namespace aorta::pipeline;

namespace {

// What differs, "" if nothing does.
std::string difference(const std::string& expected_yaml, const std::string& actual) {
  Diagnostics problems;
  auto expected = config::parse_yaml("test.yaml", expected_yaml, problems);
  REQUIRE(expected.has_value());
  REQUIRE(problems.empty());
  document::Document document;
  REQUIRE(document.read_value(actual, {.dates = false}).has_value());
  auto found = find_mismatch(*expected, document.root());
  return found ? found->path + ": " + found->expected + " / " + found->actual : "";
}

}  // namespace

TEST_CASE("match: keys that are not named do not count") { CHECK(difference("{a: 1}", R"({"b":2,"a":1})").empty()); }
TEST_CASE("match: a missing key is told with its path") {
  CHECK(difference("{a: {b: 1}}", R"({"a":{}})") == "a.b: 1 / nothing");
}
TEST_CASE("match: numbers by value") {
  CHECK(difference("{a: 1.50}", R"({"a":1.5})").empty());
  CHECK(difference("{a: 1.5}", R"({"a":1.51})") == "a: 1.5 / 1.51");
}
TEST_CASE("match: a text is no number") { CHECK(difference("{a: '1'}", R"({"a":1})") == "a: \"1\" / 1"); }
TEST_CASE("match: items in order, others may stand between") {
  CHECK(difference("[{x: 1}, {x: 3}]", R"([{"x":1},{"x":2},{"x":3}])").empty());
  CHECK(difference("[{x: 3}, {x: 1}]", R"([{"x":1},{"x":2},{"x":3}])") == "[1]: {\"x\":1} / nothing");
}
TEST_CASE("match: the nearest item is the one that is told") {
  CHECK(difference("[{x: 1, y: 2}]", R"([{"x":5},{"x":1,"y":3}])") == "[0].y: 2 / 3");
}
