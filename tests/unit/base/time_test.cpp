#include "core/base/time.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <string>

using namespace aorta;

TEST_CASE("time: the three texts of an instant", "[base]") {
  DateTime time{638'452'233'301'230'000, DateTime::Zone::Utc};
  CHECK(iso_text(time) == "2024-03-05T08:15:30.123Z");
  CHECK(invariant_text(time) == "03/05/2024 08:15:30");
  CHECK(round_trip_text(time) == "2024-03-05T08:15:30.1230000Z");
  time.zone = DateTime::Zone::Local;
  CHECK(iso_text(time) == "2024-03-05T08:15:30.123+00:00");
  time.zone = DateTime::Zone::Unspecified;
  CHECK(round_trip_text(time) == "2024-03-05T08:15:30.1230000");
}

TEST_CASE("time: ticks and the calendar agree from the first to the last tick", "[base]") {
  CHECK(iso_text({0, {}}) == "0001-01-01T00:00:00");
  CHECK(iso_text({DateTime::kMaxTicks, {}}) == "9999-12-31T23:59:59.9999999");
  CHECK(iso_text({DateTime::kUnixEpochTicks, {}}) == "1970-01-01T00:00:00");
  for (std::int64_t ticks = 0; ticks < DateTime::kMaxTicks; ticks += 123'456'789'012'345) {
    REQUIRE(ticks_of(calendar({ticks, {}})) == ticks);
  }
}

TEST_CASE("time: texts written one after the other are those written alone", "[base]") {
  TimeTexts texts;
  std::array<char, kMaxIsoText> text;
  auto written = [&](char* end) { return std::string(text.data(), end); };
  constexpr std::int64_t kHour = 3600 * DateTime::kTicksPerSecond;
  for (std::int64_t ticks : {std::int64_t{0}, DateTime::kUnixEpochTicks, DateTime::kMaxTicks - 50 * kHour}) {
    for (int hour = 0; hour < 50; ++hour) {
      DateTime time{ticks + hour * kHour + 12'345'678 * hour, DateTime::Zone::Utc};
      REQUIRE(written(texts.write_round_trip(time, text.data())) == round_trip_text(time));
      std::string stamp = iso_text({time.ticks - time.ticks % DateTime::kTicksPerSecond, DateTime::Zone::Utc});
      std::erase_if(stamp, [](char c) { return c == '-' || c == ':' || c == 'T'; });
      REQUIRE(written(texts.write_stamp(time, text.data())) == stamp);
    }
  }
}

TEST_CASE("time: there is no such day or time", "[base]") {
  CHECK_FALSE(ticks_of({2023, 2, 29}));
  CHECK_FALSE(ticks_of({2024, 13, 1}));
  CHECK_FALSE(ticks_of({0, 1, 1}));
  CHECK_FALSE(ticks_of({10'000, 1, 1}));
  CHECK_FALSE(ticks_of({2024, 1, 1, 24}));
  CHECK_FALSE(ticks_of({2024, 1, 1, 0, 60}));
  CHECK_FALSE(ticks_of({2024, 1, 1, 0, 0, 60}));
  CHECK_FALSE(ticks_of({2024, 1, -1}));
}

TEST_CASE("time: the clock is UTC and in this century", "[base]") {
  CHECK(utc_now().zone == DateTime::Zone::Utc);
  CHECK(calendar(utc_now()).year / 100 == 20);
}
