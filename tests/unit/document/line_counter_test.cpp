#include <catch2/catch.hpp>

#include "core/document/document.hpp"
#include "core/document/reader.hpp"

using namespace aorta;
using namespace aorta::document;

using At = Document::At;

TEST_CASE("positions: lines end at \\n, \\r\\n and a lone \\r; columns count UTF-16 units", "[document]") {
  LineCounter lines("ab\ncd\r\ne\r\t😀é");
  CHECK(lines.at(0) == Position{1, 0});
  CHECK(lines.at(2) == Position{1, 2});
  CHECK(lines.at(3) == Position{2, 0});
  CHECK(lines.at(5) == Position{2, 2});
  CHECK(lines.at(7) == Position{3, 0});
  CHECK(lines.at(9) == Position{4, 0});
  CHECK(lines.at(10) == Position{4, 1});
  CHECK(lines.at(14) == Position{4, 3});
  CHECK(lines.at(16) == Position{4, 4});
}

TEST_CASE("positions: brackets, colons, and the last character of a scalar", "[document]") {
  Document document;
  REQUIRE(document.read_value("{\n \"a\" : \"x\\\"y\",\n\t'b':[ 12 , {}\r],c\n:true}", {.positions = true}).has_value()
  );
  const Node& root = document.root();
  const Node& a = *member(root, "a");
  const Node& b = *member(root, "b");
  CHECK(document.position(root, At::Node) == Position{1, 1});
  CHECK(document.position(root, At::Name) == Position{});
  CHECK(document.position(a, At::Name) == Position{2, 6});
  CHECK(document.position(a, At::Node) == Position{2, 13});
  CHECK(document.position(b, At::Name) == Position{3, 5});
  CHECK(document.position(b, At::Node) == Position{3, 6});
  CHECK(document.position(*element(b, 0), At::Node) == Position{3, 9});
  CHECK(document.position(*element(b, 1), At::Node) == Position{3, 13});
  CHECK(document.position(*member(root, "c"), At::Name) == Position{5, 1});
  CHECK(document.position(*member(root, "c"), At::Node) == Position{5, 5});
}

TEST_CASE("positions: lines are counted inside strings and comments too", "[document]") {
  Document document;
  REQUIRE(document.read_value("[/*\r\n*/'a\nb', // \r 1]", {.positions = true}).has_value());
  CHECK(document.position(*element(document.root(), 0), At::Node) == Position{3, 2});
  CHECK(document.position(*element(document.root(), 1), At::Node) == Position{4, 2});
}

TEST_CASE("positions: of a repeated member, the last one's", "[document]") {
  Document document;
  REQUIRE(document.read_value("{\"a\":[1],\n\"b\":2,\n\"a\":[3]}", {.positions = true}).has_value());
  const Node& a = *member(document.root(), "a");
  CHECK(document.position(a, At::Name) == Position{3, 4});
  CHECK(document.position(*element(a, 0), At::Node) == Position{3, 6});
  CHECK(document.position(*member(document.root(), "b"), At::Node) == Position{2, 5});
}

TEST_CASE("positions: nowhere for what no file holds", "[document]") {
  Document document;
  REQUIRE(document.read_value("[1]", {.positions = true}).has_value());
  CHECK(document.position(*make_null(), At::Node) == Position{});
  CHECK(document.position(document.root(), At::Nowhere) == Position{});
  REQUIRE(document.read_value("[1]").has_value());
  CHECK(document.position(document.root(), At::Node) == Position{});
}

TEST_CASE("positions: of an envelope, where the body's nodes stand in the body", "[document]") {
  Document document;
  REQUIRE(document.read_envelope({"{\"a\":\n 71,\"a\": 72}", "{\"p\":1}", {}}, true).has_value());
  const Node& body = *member(document.root(), "Body");
  CHECK(document.position(body, At::Node) == Position{1, 1});
  CHECK(document.position(*member(body, "a"), At::Node) == Position{2, 11});
  const Node& properties = *member(document.root(), "Properties");
  CHECK(document.position(properties, At::Node) == Position{});
  CHECK(document.position(*member(properties, "p"), At::Node) == Position{});
  REQUIRE(document.read_envelope({"{\"a\":1}", {}, {}}).has_value());
  CHECK(document.position(*member(document.root(), "Body"), At::Node) == Position{});
}
