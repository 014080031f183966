// Points in time as the reference has them: 100 ns ticks with a note of what the text said of its zone. The host's zone
// is UTC, always.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aorta {

// docs: spec of the device mapping, section 7; of the FHIR mapping, sections 0.1 and 4.
struct DateTime {
  enum class Zone : std::uint8_t { Unspecified, Utc, Local };  // as AORTA_TIME_*

  static constexpr std::int64_t kTicksPerSecond = 10'000'000;
  static constexpr std::int64_t kMaxTicks = 3'155'378'975'999'999'999;  // 9999-12-31T23:59:59.9999999
  static constexpr std::int64_t kUnixEpochTicks = 621'355'968'000'000'000;

  std::int64_t ticks = 0;  // since 0001-01-01T00:00:00
  Zone zone = Zone::Unspecified;

  // Compared by clock digits, as the reference does: the zone does not count.
  friend bool operator==(const DateTime& a, const DateTime& b) { return a.ticks == b.ticks; }
  friend auto operator<=>(const DateTime& a, const DateTime& b) { return a.ticks <=> b.ticks; }
};

struct CalendarTime {
  int year = 1, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  int fraction = 0;  // 100 ns
};

CalendarTime calendar(DateTime time);
// Ticks of a calendar time, or nothing where there is no such day or time.
std::optional<std::int64_t> ticks_of(const CalendarTime& time);

// Section 7.1: what makes a string of a message body a date. Nothing: it stays a string. An error text in `fatal`: the
// body as a whole is unreadable (24:00 of the last day, /Date(n)/ outside the calendar).
struct DetectedDate {
  std::optional<DateTime> date;
  const char* fatal = nullptr;
};
DetectedDate detect_date(std::string_view text);
// The same for many: the day of the last date stands in `known`, and is not worked out again.
struct KnownDay {
  std::array<char, 10> text{};  // yyyy-MM-dd
  std::int64_t ticks = 0;       // of its midnight
};
DetectedDate detect_date(std::string_view text, KnownDay& known);

// Section 7.2: the invariant-culture date grammar. Texts whose meaning depends on the clock (no year, time alone) give
// nothing.
std::optional<DateTime> parse_date_text(std::string_view text);

// 2024-03-05T10:00:00[.fraction without trailing zeros] + "Z" / "+00:00" / "" by zone.
std::string iso_text(DateTime time);
// The same without memory: writes at most kMaxIsoText bytes and gives the end.
constexpr int kMaxIsoText = 40;
char* write_iso_text(DateTime time, char* out);
// 03/05/2024 10:00:00, the text a date has as a measurement's value.
std::string invariant_text(DateTime time);
// The same without memory: writes 19 bytes and gives the end.
char* write_invariant_text(DateTime time, char* out);
// For people: 2024-03-05T10:00:00Z, cut to the second, taken for UTC.
std::string second_text(DateTime time);
// 2024-03-05T10:00:00.0000000 + zone, the round-trip form of FHIR periods.
std::string round_trip_text(DateTime time);
// The same without memory: writes at most kMaxIsoText bytes and gives the end.
char* write_round_trip_text(DateTime time, char* out);

// Texts of many times, most of them of one day: what the calendar says of it is worked out once. Not thread-safe.
class TimeTexts {
 public:
  // As write_round_trip_text().
  char* write_round_trip(DateTime time, char* out);
  // 20240305100000Z, cut to the second: writes 15 bytes and gives the end.
  char* write_stamp(DateTime time, char* out);

 private:
  // The seconds since its midnight; its digits are below then.
  int enter_day_of(DateTime time);

  std::int64_t day_ = -1;
  std::array<char, 8> stamp_{};  // yyyyMMdd
  std::array<char, 12> date_{};  // yyyy-MM-ddT
};

// Wall clock, UTC.
DateTime utc_now();
// That long ago by the wall clock, UTC; the year 1 where that would be before it.
DateTime time_before_now(std::chrono::milliseconds age);

}  // namespace aorta
