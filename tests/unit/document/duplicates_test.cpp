#include "core/document/duplicates.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/document/read.hpp"

using namespace aorta;
using namespace aorta::document;

namespace {

std::string object_of(std::size_t members, bool distinct) {
  std::string text = "{";
  for (std::size_t i = 0; i < members; ++i)
    text += "\"k" + std::to_string(distinct ? i : i % 2) + "\":" + std::to_string(i) + ",";
  return text + "}";
}

}  // namespace

TEST_CASE("repeated names: the last value at the first place", "[document]") {
  CHECK(read("{\"a\":1,\"b\":2,\"a\":3}") == "{\"a\":3,\"b\":2}");
  CHECK(
      read("{\"a\":[1,[2]],\"b\":{\"c\":1,\"c\":{}},\"a\":{\"x\":[]},\"d\":4,\"b\":5}") ==
      "{\"a\":{\"x\":[]},\"b\":5,\"d\":4}"
  );
  CHECK(read("{\"a\":1,\"A\":2,\"\\u0061\":3}") == "{\"a\":3,\"A\":2}");
  CHECK(read("{\"\":1,\"\":2}") == "{\"\":2}");
  CHECK(read("[{\"a\":{\"a\":1,\"a\":2},\"a\":{\"a\":3,\"a\":4}},5]") == "[{\"a\":{\"a\":4}},5]");
}

TEST_CASE("repeated names: none is invented", "[document]") {
  std::string text = "{";
  for (char c = 'a'; c <= 'z'; ++c) text += std::string(c == 'a' ? "" : ",") + "\"" + c + "\":0,\"" + c + c + "\":1";
  CHECK(read(text + "}") == text + "}");
}

TEST_CASE("repeated names: a million members of either kind take no time to speak of", "[document]") {
  Document document;
  std::string distinct = object_of(1'000'000, true);
  std::string repeated = object_of(1'000'000, false);
  REQUIRE(document.read_value(distinct).has_value());
  CHECK(document.root().count == 1'000'000);
  REQUIRE(document.read_value(repeated).has_value());
  CHECK(json(document.root()) == "{\"k0\":999998,\"k1\":999999}");
}
