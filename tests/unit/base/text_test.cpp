#include "core/base/text.hpp"

#include <catch2/catch.hpp>

using namespace aorta;

TEST_CASE("text: edits are counted, a swap of neighbours as one, case not at all", "[base]") {
  CHECK(edit_distance("path", "path") == 0);
  CHECK(edit_distance("pth", "path") == 1);
  CHECK(edit_distance("paht", "path") == 1);
  CHECK(edit_distance("PATH", "path") == 0);
  CHECK(edit_distance("", "path") == 4);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("text: the nearest candidate is given only where it can be meant", "[base]") {
  std::vector<std::string> keys{"plugin", "config", "store"};
  CHECK(nearest("plugn", keys) == "plugin");
  CHECK(nearest("Store", keys) == "store");
  CHECK(nearest("retries", keys).empty());
  CHECK(nearest("x", keys).empty());
  CHECK(nearest(std::string(10'000, 'p'), keys).empty());
  CHECK(did_you_mean("confg", keys) == "; did you mean \"config\"?");
  CHECK(did_you_mean("zzz", keys).empty());
}
