#include "core/fhir/json_compare.hpp"

#include <catch2/catch.hpp>

#include "core/document/document.hpp"

namespace {

bool same(std::string_view a, std::string_view b) {
  aorta::document::Document x;
  aorta::document::Document y;
  REQUIRE(x.read_value(a, {.dates = false}).has_value());
  REQUIRE(y.read_value(b, {.dates = false}).has_value());
  return aorta::fhir::same_content(x.root(), y.root());
}

}  // namespace

TEST_CASE("json compare: order, scale and nothings do not count", "[fhir][unit]") {
  CHECK(same(R"({"a":80,"b":"x"})", R"({"b":"x","a":80.0})"));
  CHECK(same(R"({"a":[],"b":[1]})", R"({"b":[1,{}]})"));
  CHECK_FALSE(same(R"({"a":80})", R"({"a":"80"})"));
  CHECK_FALSE(same(R"({"a":"…00Z"})", R"({"a":"…00.0Z"})"));
  CHECK_FALSE(same("[1,2]", "[2,1]"));
  CHECK_FALSE(same(R"({"a":1})", R"({"a":1,"b":false})"));
}
