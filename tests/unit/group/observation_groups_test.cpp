#include <catch2/catch.hpp>

#include "core/group/group.hpp"

namespace {

using namespace aorta;

group::Group group_of(
    std::initializer_list<std::string_view> times, std::optional<std::string> correlation = std::nullopt
) {
  group::Group out;
  for (std::string_view time : times) {
    mapping::Measurement m;
    m.type = "hr";
    m.device = "d";
    m.occurred = *detect_date(time).date;
    m.correlation = correlation;
    m.values.push_back({"hr", std::string(time)});
    out.measurements.push_back(std::move(m));
  }
  return out;
}

}  // namespace

TEST_CASE("observation groups: an hour ends one tick before the next", "[group][unit]") {
  auto groups = group::make_observation_groups(
      group_of({"2024-03-05T10:59:59.9999999Z", "2024-03-05T11:00:00Z", "2024-03-05T10:00:00Z"}), 60
  );
  REQUIRE(groups->size() == 2);
  const group::ObservationGroup& first = groups->front();
  CHECK(round_trip_text(first.boundary.start) == "2024-03-05T10:00:00.0000000Z");
  CHECK(round_trip_text(first.boundary.end) == "2024-03-05T10:59:59.9999999Z");
  CHECK(first.id_segment == "20240305100000Z.20240305105959Z");
  CHECK(first.measurements == std::vector<std::size_t>{0, 2});
  REQUIRE(first.find("hr") != nullptr);
  CHECK(first.find("hr")->values.front().text == "2024-03-05T10:00:00Z");
}

TEST_CASE("observation groups: by correlation id, from the least time to the greatest", "[group][unit]") {
  auto groups = group::make_observation_groups(group_of({"2024-03-05T10:00:05Z", "2024-03-05T10:00:01Z"}, "c-1"), -1);
  REQUIRE(groups->size() == 1);
  CHECK(groups->front().id_segment == "c-1");
  CHECK(round_trip_text(groups->front().boundary.start) == "2024-03-05T10:00:01.0000000Z");
}

TEST_CASE("observation groups: what cannot be grouped says why", "[group][unit]") {
  CHECK(
      group::make_observation_groups(group_of({"2024-03-05T10:00:05Z"}, " "), -1).error().reason() ==
      "correlation-id-missing"
  );
  CHECK(
      group::make_observation_groups(group_of({"2024-03-05T10:00:05Z"}), 30).error().reason() == "unsupported-period"
  );
  CHECK(group::make_observation_groups(group_of({"9999-12-31T23:30:00Z"}), 60).error().reason() == "time-out-of-range");
}
