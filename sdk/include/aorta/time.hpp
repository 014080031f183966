// Times as FHIR writes them, and the even windows of the calendar.
#pragma once

#include <cstdint>
#include <string>

#include "aorta/abi/types.h"

namespace aorta {

inline constexpr std::int64_t kTicksPerSecond = 10'000'000;
inline constexpr std::int64_t kTicksPerDay = 86'400 * kTicksPerSecond;

namespace detail {

struct CivilDay {
  std::int64_t year;
  unsigned month, day;
};

// Of days since 0001-01-01, never negative (after Howard Hinnant's civil_from_days).
constexpr CivilDay civil_day(std::int64_t days) {
  std::int64_t z = days + 306;  // since 0000-03-01
  std::int64_t era = z / 146'097;
  auto doe = static_cast<unsigned>(z - era * 146'097);
  unsigned yoe = (doe - doe / 1460 + doe / 36'524 - doe / 146'096) / 365;
  unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  unsigned mp = (5 * doy + 2) / 153;
  unsigned month = mp < 10 ? mp + 3 : mp - 9;
  return {static_cast<std::int64_t>(yoe) + era * 400 + (month <= 2 ? 1 : 0), month, doy - (153 * mp + 2) / 5 + 1};
}

inline void append_padded(std::string& out, std::int64_t number, int width) {
  std::string digits = std::to_string(number);
  out.append(static_cast<std::size_t>(width) - digits.size(), '0');
  out += digits;
}

}  // namespace detail

// "2026-11-22T06:00:20.0000000Z": UTC, seven digits, as all Observations of this house have it. The zone a time was
// written with does not matter: its ticks are UTC.
inline std::string fhir_time(aorta_time time) {
  std::int64_t in_day = time.ticks % kTicksPerDay;
  detail::CivilDay day = detail::civil_day(time.ticks / kTicksPerDay);
  std::string out;
  auto add = [&](std::int64_t number, int width, char separator) {
    detail::append_padded(out, number, width);
    out += separator;
  };
  add(day.year, 4, '-');
  add(day.month, 2, '-');
  add(day.day, 2, 'T');
  add(in_day / (3600 * kTicksPerSecond), 2, ':');
  add(in_day / (60 * kTicksPerSecond) % 60, 2, ':');
  add(in_day / kTicksPerSecond % 60, 2, '.');
  add(in_day % kTicksPerSecond, 7, 'Z');
  return out;
}

struct Span {
  aorta_time start{};
  aorta_time end{};  // included
};

// The window of so many ticks, counted from the calendar's beginning, that a time lies in; to its last tick.
inline Span window_around(aorta_time time, std::int64_t ticks) {
  std::int64_t start = time.ticks - time.ticks % ticks;
  return {{start, AORTA_TIME_UTC, 0}, {start + ticks - 1, AORTA_TIME_UTC, 0}};
}

}  // namespace aorta
