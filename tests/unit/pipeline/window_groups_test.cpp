#include "core/pipeline/window_groups.hpp"

#include <catch2/catch.hpp>

using namespace aorta;
using namespace aorta::pipeline;

namespace {

using Numbers = std::vector<std::size_t>;

mapping::Measurement measurement(
    std::string device, std::int64_t second, std::optional<std::string> patient = "p",
    std::optional<std::int64_t> ingested = std::nullopt
) {
  mapping::Measurement m;
  m.type = "hr";
  m.device = std::move(device);
  m.patient = std::move(patient);
  m.occurred = {second * DateTime::kTicksPerSecond, DateTime::Zone::Utc};
  if (ingested) m.ingested = DateTime{*ingested, DateTime::Zone::Utc};
  m.values = {{"hr", "70"}};
  return m;
}

}  // namespace

TEST_CASE("window groups: none of nothing", "[pipeline]") { CHECK(window_groups({}).empty()); }

TEST_CASE("window groups: the nearest earlier group, and the names that differ", "[pipeline]") {
  auto groups = window_groups(
      {measurement("a", 1), measurement("b", 2), measurement("b", 3, "q"), measurement("a", 4, std::nullopt)}
  );
  REQUIRE(groups.size() == 4);
  CHECK_FALSE(groups[0].apart);
  CHECK(groups[1].apart->group == 0);
  CHECK(groups[1].apart->names == std::vector<std::string_view>{"device"});
  CHECK(groups[2].apart->group == 1);
  CHECK(groups[2].apart->names == std::vector<std::string_view>{"patient"});
  CHECK(groups[3].apart->group == 0);
}

TEST_CASE("window groups: of one time the one ingested last counts, in the place of the first", "[pipeline]") {
  auto groups = window_groups(
      {measurement("a", 1, "p", 10), measurement("a", 2, "p", 10), measurement("a", 1, "p", 30),
       measurement("a", 1, "p", 20)}
  );
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].measurements == Numbers{2, 1});
  REQUIRE(groups[0].left_out.size() == 2);
  CHECK(groups[0].left_out[0].measurement == 0);
  CHECK(groups[0].left_out[0].by == 2);
  CHECK(groups[0].left_out[1].measurement == 3);
  CHECK(groups[0].left_out[1].by == 2);
}

TEST_CASE("window groups: an absent name and an empty one are the same, and so are names joined alike", "[pipeline]") {
  auto empty = window_groups({measurement("a", 1, std::nullopt), measurement("a", 2, "")});
  REQUIRE(empty.size() == 1);
  CHECK(empty[0].joined_alike.empty());
  mapping::Measurement first = measurement("a", 1, "x-y"), second = measurement("a", 2, "x");
  first.encounter = "z";
  second.encounter = "y-z";
  auto joined = window_groups({first, second});
  REQUIRE(joined.size() == 1);
  CHECK(joined[0].joined_alike == Numbers{1});
}
