#include <catch2/catch.hpp>

#include "core/document/document.hpp"
#include "core/document/node_path.hpp"
#include "core/expr/expression.hpp"

using namespace aorta;
using namespace aorta::expr;
using Cause = NearMiss::Cause;

namespace {

struct Asked {
  document::Document document;
  std::optional<Expression> compiled;  // literals of the miss are its own
  std::optional<NearMiss> miss;

  Asked(Language language, std::string_view expression, std::string_view json) {
    REQUIRE(document.read_value(json).has_value());
    auto made = Expression::compile(language, expression);
    REQUIRE(made.has_value());
    compiled = std::move(*made);
    miss = compiled->explain(document.root(), document.arena());
  }
  std::string at() const {
    return miss && miss->at ? document::path_of(document.root(), *miss->at).value_or("?") : std::string();
  }
};

Asked json_path(std::string_view expression, std::string_view json) { return {Language::JsonPath, expression, json}; }
Asked jmes_path(std::string_view expression, std::string_view json) { return {Language::JmesPath, expression, json}; }

}  // namespace

TEST_CASE("an expression that selects something has no near miss") {
  CHECK_FALSE(json_path("$.a.b", R"({"a":{"b":null}})").miss);
  CHECK_FALSE(json_path("$..[?(@.b == 1)]", R"({"a":{"b":1}})").miss);
  CHECK_FALSE(jmes_path("a.b", R"({"a":{"b":1}})").miss);
  CHECK_FALSE(jmes_path("a[?b=='x']", R"({"a":[{"b":"x"}]})").miss);
}

TEST_CASE("JSONPath: the longest part that held, and the member that is missing") {
  Asked asked = json_path("$.a.b.c.d", R"({"a":{"b":{"x":1}}})");
  REQUIRE(asked.miss);
  CHECK(asked.miss->cause == Cause::NoMember);
  CHECK(asked.miss->held == "$.a.b");
  CHECK(asked.miss->broke == ".c");
  CHECK(asked.miss->name == "c");
  CHECK(asked.at() == "$.a.b");
}

TEST_CASE("JSONPath: a filter tells of the candidate that came nearest") {
  Asked asked = json_path(
      "$.list[?(@.type == 'hr' && @.v > 5)]",
      R"({"list":[{"v":9},{"type":"bp","v":1},{"type":"hr","v":3},{"type":"HR","v":1}]})"
  );
  REQUIRE(asked.miss);
  CHECK(asked.miss->cause == Cause::Comparison);
  CHECK(asked.miss->held == "$.list");
  CHECK(asked.miss->condition == "@.v > 5");
  CHECK(asked.at() == "$.list[2]");
  REQUIRE(asked.miss->left);
  CHECK(asked.miss->left->integer == 3);
  CHECK(asked.miss->right->integer == 5);
}

TEST_CASE("JSONPath: a scan that finds a name nowhere, and one in another case") {
  Asked nowhere = json_path("$..[?(@.hr)]", R"({"a":{"b":1}})");
  REQUIRE(nowhere.miss);
  CHECK(nowhere.miss->scan);
  CHECK(nowhere.miss->name == "hr");
  Asked alike = json_path("$..[?(@.hr)]", R"({"a":{"HR":1}})");
  REQUIRE(alike.miss);
  CHECK_FALSE(alike.miss->scan);
  CHECK(alike.at() == "$.a");
}

TEST_CASE("JSONPath: a filter on an object that was meant to test the object") {
  Asked asked = json_path("$.a[?(@.b == 1)]", R"({"a":{"b":1}})");
  REQUIRE(asked.miss);
  CHECK(asked.miss->cause == Cause::TestsMembers);
  CHECK(asked.at() == "$.a");
}

TEST_CASE("JSONPath: wrong kinds and short arrays") {
  CHECK(json_path("$.a.b", R"({"a":[1]})").miss->cause == Cause::WrongKind);
  CHECK(json_path("$.a[3]", R"({"a":[1]})").miss->cause == Cause::NoElement);
  CHECK(json_path("$.a[*]", R"({"a":[]})").miss->cause == Cause::NoElement);
}

TEST_CASE("JSONPath: an expression that fails has no near miss") {
  CHECK_FALSE(json_path("$.a[?(@.b > 1)]", R"({"a":[{"b":"x"}]})").miss);
}

TEST_CASE("JMESPath: the longest part that held, and the member that is missing") {
  Asked asked = jmes_path("a.b.c.d", R"({"a":{"b":{"x":1}}})");
  REQUIRE(asked.miss);
  CHECK(asked.miss->cause == Cause::NoMember);
  CHECK(asked.miss->held == "a.b");
  CHECK(asked.miss->broke == "c");
  CHECK(asked.at() == "$.a.b");
}

TEST_CASE("JMESPath: a filter tells of the candidate that came nearest") {
  Asked asked = jmes_path("list[?type=='hr' && v > `5`].v", R"({"list":[{"v":9},{"type":"hr","v":3}]})");
  REQUIRE(asked.miss);
  CHECK(asked.miss->cause == Cause::Comparison);
  CHECK(asked.miss->held == "list");
  CHECK(asked.miss->condition == "v > `5`");
  CHECK(asked.at() == "$.list[1]");
  CHECK(asked.miss->left->integer == 3);
}

TEST_CASE("JMESPath: through pipes and calls to what is not there") {
  Asked asked = jmes_path("to_array(a.B)[0] | c", R"({"a":{"b":1}})");
  REQUIRE(asked.miss);
  CHECK(asked.miss->cause != Cause::Comparison);
  Asked pipe = jmes_path("a | c", R"({"a":{"b":1}})");
  REQUIRE(pipe.miss);
  CHECK(pipe.miss->name == "c");
  CHECK(pipe.at() == "$.a");
}
