#include "core/document/node.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "tests/unit/document/read.hpp"

using namespace aorta;
using namespace aorta::document;

TEST_CASE("nodes: members and elements", "[document]") {
  Document document;
  REQUIRE(document.read_value("{\"a\":[1,[2,3],4],\"b\":\"x\"}").has_value());
  const Node& root = document.root();
  const Node& a = *member(root, "a");
  CHECK(json(*element(a, 1)) == "[2,3]");
  CHECK(json(*element(a, 2)) == "4");
  CHECK(element(a, 3) == nullptr);
  CHECK(element(root, 0) == nullptr);
  CHECK(member(root, "c") == nullptr);
  CHECK(member(a, "a") == nullptr);
  CHECK(Children(*member(root, "b")).size() == 0);
}

TEST_CASE("nodes: what expressions make looks like what is read", "[document]") {
  Arena arena;
  Link links[] = {{"a", 1, make_integer(arena, 1)}, {"b", 1, make_float(arena, 1)}};
  const Node* object = make_linked(arena, Kind::Object, links);
  links[0].value = nullptr;  // the list is copied
  CHECK(json(*object) == "{\"a\":1,\"b\":1.0}");
  Link elements[] = {{nullptr, 0, object}, {nullptr, 0, make_null()}, {nullptr, 0, make_boolean(true)}};
  const Node* array = make_linked(arena, Kind::Array, elements);
  CHECK(json(*array) == "[{\"a\":1,\"b\":1.0},null,true]");
  CHECK(element(*array, 0) == object);
  CHECK(json(*make_string(arena, "x")) == "\"x\"");
  CHECK(json(*make_date(arena, {DateTime::kUnixEpochTicks, DateTime::Zone::Utc})) == "\"1970-01-01T00:00:00Z\"");
  CHECK(json(*make_property(arena, "p", *array)).starts_with("\"p\":[{"));
  CHECK(json(*make_linked(arena, Kind::Array, {})) == "[]");
}

TEST_CASE("nodes: a view with one member more, or one replaced", "[document]") {
  Document document;
  REQUIRE(document.read_value("{\"a\":[1],\"b\":2}").has_value());
  const Node* more = with_member(document.arena(), document.root(), "m", *member(document.root(), "a"));
  CHECK(json(*more) == "{\"a\":[1],\"b\":2,\"m\":[1]}");
  CHECK(json(*with_member(document.arena(), *more, "a", *make_null())) == "{\"a\":null,\"b\":2,\"m\":[1]}");
  CHECK(member(*more, "b") == member(document.root(), "b"));
  CHECK(with_member(document.arena(), *make_null(), "m", *more) == nullptr);
}

TEST_CASE("nodes: views of a document stand beside each other", "[document]") {
  Document document;
  REQUIRE(document.read_value("{\"a\":[1],\"b\":2}").has_value());
  const Node& root = document.root();
  std::vector<const Node*> views;
  for (std::int64_t i = 0; i < 3; ++i)
    views.push_back(document.with_member(root, "m", *make_integer(document.arena(), i)));
  views.push_back(document.with_member(root, "a", *make_null()));
  views.push_back(document.with_member(root, "a", *make_boolean(true)));
  views.push_back(document.with_member(*views[0], "a", *make_null()));
  const char* expected[] = {"{\"a\":[1],\"b\":2,\"m\":0}", "{\"a\":[1],\"b\":2,\"m\":1}",
                            "{\"a\":[1],\"b\":2,\"m\":2}", "{\"a\":null,\"b\":2}",
                            "{\"a\":true,\"b\":2}",        "{\"a\":null,\"b\":2,\"m\":0}"};
  for (std::size_t i = 0; i < views.size(); ++i) CHECK(json(*views[i]) == expected[i]);
  CHECK(document.with_member(*make_null(), "m", root) == nullptr);
  REQUIRE(document.read_value("{\"c\":3}").has_value());
  CHECK(json(*document.with_member(document.root(), "a", *make_null())) == "{\"c\":3,\"a\":null}");
}
