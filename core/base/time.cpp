#include "core/base/time.hpp"

#include <array>
#include <charconv>
#include <chrono>

namespace aorta {
namespace {

constexpr std::int64_t kTicksPerDay = 86'400 * DateTime::kTicksPerSecond;
constexpr std::chrono::sys_days kFirstDay{std::chrono::year(1) / 1 / 1};

void append_digits(std::string& out, int value, std::size_t width) {
  std::array<char, 12> digits;
  auto size =
      static_cast<std::size_t>(std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr - digits.data());
  out.append(width > size ? width - size : 0, '0').append(digits.data(), size);
}

void append_clock(std::string& out, const CalendarTime& t) {
  append_digits(out, t.hour, 2);
  out += ':';
  append_digits(out, t.minute, 2);
  out += ':';
  append_digits(out, t.second, 2);
}

void append_iso(std::string& out, const CalendarTime& t) {
  append_digits(out, t.year, 4);
  out += '-';
  append_digits(out, t.month, 2);
  out += '-';
  append_digits(out, t.day, 2);
  out += 'T';
  append_clock(out, t);
}

void append_zone(std::string& out, DateTime::Zone zone) {
  if (zone == DateTime::Zone::Utc) out += 'Z';
  if (zone == DateTime::Zone::Local) out += "+00:00";  // the host's zone is UTC
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
  std::chrono::year_month_day date(
      std::chrono::year(t.year), std::chrono::month(static_cast<unsigned>(t.month)),
      std::chrono::day(static_cast<unsigned>(t.day))
  );
  if (t.year < 1 || t.year > 9999 || !date.ok()) return std::nullopt;
  bool clock = t.hour >= 0 && t.hour < 24 && t.minute >= 0 && t.minute < 60 && t.second >= 0 && t.second < 60;
  if (!clock || t.fraction < 0 || t.fraction >= DateTime::kTicksPerSecond) return std::nullopt;
  std::int64_t days = (std::chrono::sys_days(date) - kFirstDay).count();
  std::int64_t seconds = t.hour * 3600 + t.minute * 60 + t.second;
  return days * kTicksPerDay + seconds * DateTime::kTicksPerSecond + t.fraction;
}

std::string iso_text(DateTime time) {
  CalendarTime t = calendar(time);
  std::string out;
  append_iso(out, t);
  if (t.fraction != 0) {
    out += '.';
    append_digits(out, t.fraction, 7);
    out.erase(out.find_last_not_of('0') + 1);
  }
  append_zone(out, time.zone);
  return out;
}

std::string invariant_text(DateTime time) {
  CalendarTime t = calendar(time);
  std::string out;
  append_digits(out, t.month, 2);
  out += '/';
  append_digits(out, t.day, 2);
  out += '/';
  append_digits(out, t.year, 4);
  out += ' ';
  append_clock(out, t);
  return out;
}

std::string round_trip_text(DateTime time) {
  CalendarTime t = calendar(time);
  std::string out;
  append_iso(out, t);
  out += '.';
  append_digits(out, t.fraction, 7);
  append_zone(out, time.zone);
  return out;
}

DateTime utc_now() {
  using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, DateTime::kTicksPerSecond>>;
  auto now = std::chrono::duration_cast<Ticks>(std::chrono::system_clock::now().time_since_epoch());
  return {now.count() + DateTime::kUnixEpochTicks, DateTime::Zone::Utc};
}

}  // namespace aorta
