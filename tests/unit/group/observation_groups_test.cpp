#include <catch2/catch.hpp>

#include "core/group/open_groups.hpp"

namespace {

using namespace aorta;

// One group, however many times.
group::GroupList list_of(
    std::initializer_list<std::string_view> times, std::optional<std::string> correlation = std::nullopt
) {
  std::vector<mapping::Measurement> out;
  for (std::string_view time : times) {
    mapping::Measurement m;
    m.type = "hr";
    m.device = "d";
    m.occurred = *detect_date(time).date;
    m.correlation = correlation;
    m.values.push_back({"hr", std::string(time)});
    out.push_back(std::move(m));
  }
  return group::make_groups(out);
}

}  // namespace

TEST_CASE("observation groups: an hour ends one tick before the next", "[group][unit]") {
  auto group = list_of({"2024-03-05T10:59:59.9999999Z", "2024-03-05T11:00:00Z", "2024-03-05T10:00:00Z"});
  auto groups = group::make_observation_groups(group.front(), 60);
  REQUIRE(groups->size() == 2);
  const group::ObservationGroup& first = groups->front();
  CHECK(round_trip_text(first.boundary.start) == "2024-03-05T10:00:00.0000000Z");
  CHECK(round_trip_text(first.boundary.end) == "2024-03-05T10:59:59.9999999Z");
  CHECK(first.id_segment == "20240305100000Z.20240305105959Z");
  CHECK(
      std::vector<std::uint32_t>(first.measurements.begin(), first.measurements.end()) ==
      std::vector<std::uint32_t>{0, 2}
  );
  REQUIRE(first.find("hr") != nullptr);
  CHECK(first.find("hr")->values.front().text == "2024-03-05T10:00:00Z");
}

TEST_CASE("observation groups: by correlation id, from the least time to the greatest", "[group][unit]") {
  auto group = list_of({"2024-03-05T10:00:05Z", "2024-03-05T10:00:01Z"}, "c-1");
  auto groups = group::make_observation_groups(group.front(), -1);
  REQUIRE(groups->size() == 1);
  CHECK(groups->front().id_segment == "c-1");
  CHECK(round_trip_text(groups->front().boundary.start) == "2024-03-05T10:00:01.0000000Z");
}

namespace {

std::string refusal(const group::GroupList& list, std::int64_t period_interval) {
  return std::string(group::make_observation_groups(list.front(), period_interval).error().reason());
}

}  // namespace

TEST_CASE("observation groups: what cannot be grouped says why", "[group][unit]") {
  CHECK(refusal(list_of({"2024-03-05T10:00:05Z"}, " "), -1) == "correlation-id-missing");
  CHECK(refusal(list_of({"2024-03-05T10:00:05Z"}), 30) == "unsupported-period");
  CHECK(refusal(list_of({"9999-12-31T23:30:00Z"}), 60) == "time-out-of-range");
}

TEST_CASE("observation groups: a faulty group leaves those before it as they were", "[group][unit]") {
  auto good = list_of({"2024-03-05T10:00:05Z"});
  auto bad = list_of({"2024-03-05T10:00:05Z", "9999-12-31T23:30:00Z"});
  group::ObservationGroups groups;
  REQUIRE(groups.add(good.front(), 60).has_value());
  CHECK(groups.add(bad.front(), 60).has_error());
  REQUIRE(groups.add(good.front(), 0).has_value());
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].id_segment == "20240305100000Z.20240305105959Z");
  CHECK(groups[1].id_segment == "20240305100005Z.20240305100005Z");
}

TEST_CASE("observation groups: values are ordered by time, and the first of a time stays", "[group][unit]") {
  group::MemberBuffer buffer;
  int number = 0;
  for (std::int64_t time : {5, 3, 9, 3, 1, 5, 7}) {
    mapping::Measurement m;
    m.occurred = {time};
    m.values = {{"a", std::to_string(++number)}, {"b", "x"}, {"a", "late"}};
    buffer.add(m);
  }
  auto groups = group::make_observation_groups({"t", {}, buffer.members()}, 1440);
  REQUIRE(groups->size() == 1);
  std::string found;
  for (const group::TimedValue& value : groups->front().find("a")->values)
    found += std::to_string(value.time.ticks) + "=" + std::string(value.text) + " ";
  CHECK(found == "1=5 3=2 5=1 7=7 9=3 ");
  CHECK(groups->front().series.size() == 2);
}
