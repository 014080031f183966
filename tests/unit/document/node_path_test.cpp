#include "core/document/node_path.hpp"

#include <catch2/catch.hpp>

#include "core/document/document.hpp"

using namespace aorta;
using namespace aorta::document;

TEST_CASE("a node's path is a JSONPath that selects it") {
  Document document;
  REQUIRE(document.read_value(R"({"a":[1,{"b-c":2}],"d e":{"it's":3}})").has_value());
  const Node& root = document.root();
  const Node& second = *element(*member(root, "a"), 1);
  const Node& odd = *member(root, "d e");
  CHECK(path_of(root, root) == "$");
  CHECK(path_of(root, second) == "$.a[1]");
  CHECK(path_of(root, *member(second, "b-c")) == "$.a[1].b-c");
  CHECK(path_of(root, *member(odd, "it's")) == R"($['d e']['it\'s'])");
}

TEST_CASE("a wrapped member stands where its value does, a computed node nowhere") {
  Document document;
  REQUIRE(document.read_value(R"({"a":[1]})").has_value());
  const Node& a = *member(document.root(), "a");
  CHECK(path_of(document.root(), *make_property(document.arena(), "a", a)) == "$.a");
  CHECK(path_of(document.root(), *make_integer(document.arena(), 1)) == std::nullopt);
}
