#include "core/expr/route.hpp"

#include <catch2/catch.hpp>

#include "core/document/document.hpp"
#include "core/expr/expression.hpp"

using namespace aorta;
using namespace aorta::expr;

namespace {

struct Message {
  explicit Message(std::string_view text) { REQUIRE(document.read_value(text).has_value()); }
  const document::Node* one(Language language, std::string_view expression) {
    auto compiled = Expression::compile(language, expression);
    REQUIRE(compiled.has_value());
    auto found = compiled->one(document.root(), document.arena(), scratch);
    REQUIRE(found.has_value());
    return *found;
  }
  document::Document document;
  Tokens scratch;
};

}  // namespace

TEST_CASE("route: names and positions lead to one node, and the cost is counted", "[expr]") {
  Message message(R"({"a":[{"b":1},{"c":[7,8]}],"aaaaXaaaa":2,"aaaaYaaaa":3})");
  Route route;
  route.add_name("a");
  route.add_position(1);
  route.add_name("c");
  route.add_position(1);
  std::uint64_t cost = 0;
  const document::Node* found = route.follow(message.document.root(), cost);
  REQUIRE(found);
  CHECK(found->integer == 8);
  CHECK(cost > 4);
  Route alike;  // one tag for both names
  alike.add_name("aaaaYaaaa");
  REQUIRE(alike.follow(message.document.root(), cost));
  CHECK(alike.follow(message.document.root(), cost)->integer == 3);
}

TEST_CASE("route: it leads nowhere past what is missing or of another kind", "[expr]") {
  Message message(R"({"a":[1],"":{"n":null}})");
  CHECK(message.one(Language::JsonPath, "$.a[1]") == nullptr);
  CHECK(message.one(Language::JsonPath, "$.a.a") == nullptr);
  CHECK(message.one(Language::JsonPath, "$[0]") == nullptr);
  CHECK(message.one(Language::JsonPath, "$") == &message.document.root());
}

TEST_CASE("route: JMESPath takes null for nothing, JSONPath for a value", "[expr]") {
  Message message(R"({"a":{"n":null}})");
  CHECK(message.one(Language::JmesPath, "a.n") == nullptr);
  CHECK(message.one(Language::JmesPath, "a.n.x") == nullptr);
  REQUIRE(message.one(Language::JsonPath, "$.a.n"));
  CHECK(message.one(Language::JsonPath, "$.a.n")->kind == document::Kind::Null);
}
