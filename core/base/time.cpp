#include "core/base/time.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <string_view>

#include "core/base/threads.hpp"

namespace aorta {
namespace {

constexpr std::int64_t kTicksPerDay = 86'400 * DateTime::kTicksPerSecond;
constexpr std::chrono::sys_days kFirstDay{std::chrono::year(1) / 1 / 1};

char* put(char* out, char c) {
  *out = c;
  return out + 1;
}

// "00" to "99", one behind the other.
constexpr std::array<char, 200> kPairs = [] {
  std::array<char, 200> out{};
  for (std::size_t i = 0; i < 100; ++i) {
    out[2 * i] = static_cast<char>('0' + i / 10);
    out[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return out;
}();

// Of a number below 100, below 10,000.
char* put_two(char* out, int value) {
  std::memcpy(out, &kPairs[2 * static_cast<std::size_t>(value)], 2);
  return out + 2;
}
char* put_four(char* out, int value) { return put_two(put_two(out, value / 100), value % 100); }

char* put_clock(char* out, int hour, int minute, int second) {
  out = put(put_two(out, hour), ':');
  out = put(put_two(out, minute), ':');
  return put_two(out, second);
}
char* put_clock(char* out, const CalendarTime& t) { return put_clock(out, t.hour, t.minute, t.second); }

// yyyy-MM-ddT
char* put_date(char* out, const CalendarTime& t) {
  out = put(put_four(out, t.year), '-');
  out = put(put_two(out, t.month), '-');
  return put(put_two(out, t.day), 'T');
}

char* put_iso(char* out, const CalendarTime& t) { return put_clock(put_date(out, t), t); }

// Seven digits.
char* put_ticks(char* out, int fraction) {
  out = put(out, static_cast<char>('0' + fraction / 1'000'000));
  return put_two(put_four(out, fraction / 100 % 10'000), fraction % 100);
}

char* put_fraction(char* out, int fraction) {
  if (fraction == 0) return out;
  out = put_ticks(put(out, '.'), fraction);
  while (out[-1] == '0') --out;
  return out;
}

// The host's zone is UTC.
char* put_zone(char* out, DateTime::Zone zone) {
  constexpr std::string_view kLocal = "+00:00";
  if (zone == DateTime::Zone::Utc) return put(out, 'Z');
  return zone == DateTime::Zone::Local ? std::copy(kLocal.begin(), kLocal.end(), out) : out;
}

bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

// Of a year without a leap day, by month from 1 on.
constexpr std::array<int, 14> kDaysBefore = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

int days_before_month(const CalendarTime& t) {
  return kDaysBefore[static_cast<std::size_t>(t.month)] + (t.month > 2 && is_leap(t.year) ? 1 : 0);
}

int days_of_month(const CalendarTime& t) {
  auto month = static_cast<std::size_t>(t.month);
  return kDaysBefore[month + 1] - kDaysBefore[month] + (t.month == 2 && is_leap(t.year) ? 1 : 0);
}

// Since the first day of the year 1.
int days_before_year(int year) {
  int before = year - 1;
  return before * 365 + before / 4 - before / 100 + before / 400;
}

}  // namespace

CalendarTime calendar(DateTime time) {
  std::int64_t day = time.ticks / kTicksPerDay;
  std::int64_t rest = time.ticks % kTicksPerDay;
  std::chrono::year_month_day date(kFirstDay + std::chrono::days(day));
  CalendarTime out;
  out.year = static_cast<int>(date.year());
  out.month = static_cast<int>(static_cast<unsigned>(date.month()));
  out.day = static_cast<int>(static_cast<unsigned>(date.day()));
  out.fraction = static_cast<int>(rest % DateTime::kTicksPerSecond);
  auto seconds = static_cast<int>(rest / DateTime::kTicksPerSecond);
  out.hour = seconds / 3600;
  out.minute = seconds / 60 % 60;
  out.second = seconds % 60;
  return out;
}

std::optional<std::int64_t> ticks_of(const CalendarTime& t) {
  bool month = t.year >= 1 && t.year <= 9999 && t.month >= 1 && t.month <= 12;
  if (!month || t.day < 1 || t.day > days_of_month(t)) return std::nullopt;
  bool clock = t.hour >= 0 && t.hour < 24 && t.minute >= 0 && t.minute < 60 && t.second >= 0 && t.second < 60;
  if (!clock || t.fraction < 0 || t.fraction >= DateTime::kTicksPerSecond) return std::nullopt;
  std::int64_t days = days_before_year(t.year) + days_before_month(t) + t.day - 1;
  std::int64_t seconds = t.hour * 3600 + t.minute * 60 + t.second;
  return days * kTicksPerDay + seconds * DateTime::kTicksPerSecond + t.fraction;
}

char* write_iso_text(DateTime time, char* out) {
  CalendarTime t = calendar(time);
  return put_zone(put_fraction(put_iso(out, t), t.fraction), time.zone);
}

std::string iso_text(DateTime time) {
  std::array<char, kMaxIsoText> text;
  return {text.data(), write_iso_text(time, text.data())};
}

char* write_invariant_text(DateTime time, char* out) {
  CalendarTime t = calendar(time);
  out = put(put_two(out, t.month), '/');
  out = put(put_two(out, t.day), '/');
  return put_clock(put(put_four(out, t.year), ' '), t);
}

std::string invariant_text(DateTime time) {
  std::array<char, kMaxIsoText> text;
  return {text.data(), write_invariant_text(time, text.data())};
}

char* write_round_trip_text(DateTime time, char* out) { return TimeTexts().write_round_trip(time, out); }

int TimeTexts::enter_day_of(DateTime time) {
  std::int64_t day = time.ticks / kTicksPerDay;
  if (day != day_) {
    CalendarTime t = calendar(time);
    put_two(put_two(put_four(stamp_.data(), t.year), t.month), t.day);
    put_date(date_.data(), t);
    day_ = day;
  }
  return static_cast<int>((time.ticks - day * kTicksPerDay) / DateTime::kTicksPerSecond);
}

char* TimeTexts::write_round_trip(DateTime time, char* out) {
  int seconds = enter_day_of(time);
  auto fraction = static_cast<int>(time.ticks % DateTime::kTicksPerSecond);
  std::memcpy(out, date_.data(), date_.size());
  out = put_clock(out + date_.size() - 1, seconds / 3600, seconds / 60 % 60, seconds % 60);
  return put_zone(put_ticks(put(out, '.'), fraction), time.zone);
}

char* TimeTexts::write_stamp(DateTime time, char* out) {
  int seconds = enter_day_of(time);
  std::memcpy(out, stamp_.data(), stamp_.size());
  out = put_two(put_two(out + stamp_.size(), seconds / 3600), seconds / 60 % 60);
  return put(put_two(out, seconds % 60), 'Z');
}

std::string second_text(DateTime time) {
  time.ticks -= time.ticks % DateTime::kTicksPerSecond;
  time.zone = DateTime::Zone::Utc;
  return iso_text(time);
}

std::string round_trip_text(DateTime time) {
  std::array<char, kMaxIsoText> text;
  return {text.data(), write_round_trip_text(time, text.data())};
}

DateTime utc_now() {
  using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, DateTime::kTicksPerSecond>>;
  auto now = std::chrono::duration_cast<Ticks>(wall_clock_now().time_since_epoch());
  return {now.count() + DateTime::kUnixEpochTicks, DateTime::Zone::Utc};
}

DateTime time_before_now(std::chrono::milliseconds age) {
  constexpr std::int64_t kTicksPerMillisecond = DateTime::kTicksPerSecond / 1000;
  DateTime now = utc_now();
  bool before_time = age.count() >= now.ticks / kTicksPerMillisecond;
  return {before_time ? 0 : now.ticks - age.count() * kTicksPerMillisecond, DateTime::Zone::Utc};
}

}  // namespace aorta
