#include <catch2/catch.hpp>

#include "core/group/group.hpp"

namespace {

using aorta::DateTime;
using aorta::mapping::Measurement;

Measurement reading(std::int64_t occurred, std::string value, std::optional<std::int64_t> ingested = std::nullopt) {
  Measurement m;
  m.type = "hr";
  m.device = "d";
  m.occurred = {occurred};
  if (ingested) m.ingested = DateTime{*ingested};
  m.values.push_back({"hr", std::move(value)});
  return m;
}

}  // namespace

TEST_CASE("groups: of one time, what was ingested last stands in the place of the first", "[group][unit]") {
  auto groups =
      aorta::group::make_groups({reading(1, "a", 5), reading(2, "b"), reading(1, "c", 9), reading(1, "d", 7)});
  REQUIRE(groups.size() == 1);
  REQUIRE(groups[0].measurements.size() == 2);
  CHECK(groups[0].measurements[0].values[0].text == "c");
  CHECK(groups[0].measurements[1].values[0].text == "b");
  CHECK(groups[0].replaced.size() == 2);
}

TEST_CASE("groups: without ingestion times the first stays", "[group][unit]") {
  auto groups = aorta::group::make_groups({reading(1, "a"), reading(1, "b")});
  CHECK(groups[0].measurements[0].values[0].text == "a");
}

TEST_CASE("groups: stand in order of first appearance", "[group][unit]") {
  Measurement other = reading(1, "x");
  other.patient = "p";
  auto groups = aorta::group::make_groups({reading(1, "a"), other, reading(2, "b")});
  REQUIRE(groups.size() == 2);
  CHECK_FALSE(groups[0].first().patient);
  CHECK(groups[0].measurements.size() == 2);
}

TEST_CASE("groups: the key is a joined text, as in the reference", "[group][unit]") {
  Measurement left = reading(1, "a");
  left.device = "a-b";
  left.type = "c";
  Measurement right = reading(2, "b");
  right.device = "a";
  right.type = "b-c";
  CHECK(aorta::group::make_groups({left, right}).size() == 1);
}
