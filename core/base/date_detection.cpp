// Which strings of a message are dates: the exact rules of the reference's JSON library, its quirks included
// (device-mapping spec, 7.1).
#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

#include "core/base/time.hpp"

namespace aorta {
namespace {

constexpr std::size_t kClockEnd = 19;  // yyyy-MM-ddTHH:mm:ss
constexpr int kFractionDigits = 7;
constexpr std::int64_t kTicksPerMinute = 60 * DateTime::kTicksPerSecond;
constexpr std::int64_t kTicksPerMillisecond = 10'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The two digits at `i`, or -1.
int two_digits(std::string_view text, std::size_t i) {
  if (i + 2 > text.size() || !is_digit(text[i]) || !is_digit(text[i + 1])) return -1;
  return (text[i] - '0') * 10 + (text[i + 1] - '0');
}

// The eight bytes at `p`, the first one lowest.
std::uint64_t eight_at(const char* p) {
  std::uint64_t out = 0;
  std::memcpy(&out, p, sizeof out);
  return std::endian::native == std::endian::little ? out : __builtin_bswap64(out);
}

// Eight bytes against a pattern in which "0" stands for any digit: all digits' values, or nothing if it does not fit.
std::optional<std::uint64_t> digits_in(std::uint64_t bytes, std::uint64_t pattern) {
  constexpr std::uint64_t kEach = 0x0101'0101'0101'0101;
  std::uint64_t values = bytes ^ pattern;  // "0" ^ digit is its value, "-" ^ "-" is 0
  std::uint64_t is_digit_place = ((pattern ^ kEach * '0') - kEach) & ~(pattern ^ kEach * '0') & kEach * 0x80;
  std::uint64_t above_nine = (values + kEach * (0x7F - 9)) | values;
  std::uint64_t wrong_mark = (values + kEach * 0x7F) | values;
  bool fits = ((above_nine & is_digit_place) | (wrong_mark & ~is_digit_place & kEach * 0x80)) == 0;
  return fits ? std::optional(values) : std::nullopt;
}

// Of eight digits' values, the number that the two from the i-th on make.
int pair_at(std::uint64_t values, int i) {
  auto two = static_cast<int>(values >> (8 * i) & 0xFFFF);
  return (two & 0xFF) * 10 + (two >> 8);
}

struct Zone {
  DateTime::Zone kind = DateTime::Zone::Unspecified;
  std::int64_t offset = 0;  // ticks east of UTC
};

// What stands behind the seconds and their fraction; nothing if it is no zone. Bare "mm", ":" and ":mm" pass and mean
// nothing.
std::optional<Zone> zone_of(std::string_view rest) {
  if (rest.empty()) return Zone{};
  if (rest == "Z" || rest == "z") return Zone{DateTime::Zone::Utc, 0};
  Zone zone;
  std::int64_t sign = rest[0] == '-' ? -1 : 1;
  std::int64_t minutes = 0;
  if (int hours = two_digits(rest, 1); hours >= 0 && (rest[0] == '+' || rest[0] == '-')) {
    zone.kind = DateTime::Zone::Local;
    minutes = hours * 60;
    rest.remove_prefix(3);
  }
  if (!rest.empty() && rest[0] == ':') rest.remove_prefix(1);
  if (int more = two_digits(rest, 0); more >= 0) {
    minutes += more;
    rest.remove_prefix(2);
  }
  if (!rest.empty()) return std::nullopt;
  if (zone.kind == DateTime::Zone::Local) zone.offset = sign * minutes * kTicksPerMinute;
  return zone;
}

// Reads up to seven digits behind the point at `i`, moving `i` behind them; -1 if there is none.
int fraction_at(std::string_view text, std::size_t& i) {
  int value = 0;
  int count = 0;
  for (++i; i < text.size() && count < kFractionDigits && is_digit(text[i]); ++i, ++count)
    value = value * 10 + (text[i] - '0');
  if (count == 0) return -1;
  for (; count < kFractionDigits; ++count) value *= 10;
  return value;
}

DetectedDate iso_date(std::string_view text) {
  static constexpr char kDayPattern[] = "0000-00-";
  static constexpr char kClockPattern[] = "00T00:00";
  const char* p = text.data();
  std::optional<std::uint64_t> day = digits_in(eight_at(p), eight_at(kDayPattern));
  std::optional<std::uint64_t> clock = digits_in(eight_at(p + 8), eight_at(kClockPattern));
  int second = text[16] == ':' ? two_digits(text, 17) : -1;
  if (!day || !clock || second < 0) return {};
  CalendarTime t{
      pair_at(*day, 0) * 100 + pair_at(*day, 2),
      pair_at(*day, 5),
      pair_at(*clock, 0),
      pair_at(*clock, 3),
      pair_at(*clock, 6),
      second};
  std::size_t i = kClockEnd;
  if (i < text.size() && text[i] == '.') t.fraction = fraction_at(text, i);
  std::optional<Zone> zone = zone_of(text.substr(i));
  if (!zone || t.fraction < 0) return {};
  bool midnight = t.hour == 24 && t.minute == 0 && t.second == 0 && t.fraction == 0;
  if (midnight) t.hour = 0;
  std::optional<std::int64_t> ticks = ticks_of(t);
  if (!ticks) return {};
  if (midnight) *ticks += 24 * 60 * kTicksPerMinute;
  if (*ticks > DateTime::kMaxTicks) return {std::nullopt, "a date lies behind the last day of the calendar"};
  std::int64_t instant = std::clamp(*ticks - zone->offset, std::int64_t{0}, DateTime::kMaxTicks);
  return {DateTime{instant, zone->kind}, nullptr};
}

// Digits with an optional minus, within 64 bits.
std::optional<std::int64_t> milliseconds(std::string_view text) {
  constexpr std::size_t kMostDigits = 19;
  std::int64_t value = 0;
  auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  return whole && text.size() - (text[0] == '-' ? 1 : 0) <= kMostDigits ? std::optional(value) : std::nullopt;
}

bool is_offset(std::string_view text) {
  if (two_digits(text, 1) < 0) return false;
  text.remove_prefix(3);
  if (text.starts_with(':')) text.remove_prefix(1);
  return text.empty() || (text.size() == 2 && two_digits(text, 0) >= 0);
}

// "/Date(1700000000000+0100)/": the offset says only that the time is local.
DetectedDate epoch_date(std::string_view text) {
  constexpr std::string_view kStart = "/Date(";
  constexpr std::string_view kEnd = ")/";
  if (!text.starts_with(kStart) || !text.ends_with(kEnd) || text.size() <= kStart.size() + kEnd.size()) return {};
  std::string_view inner = text.substr(kStart.size(), text.size() - kStart.size() - kEnd.size());
  std::size_t sign = inner.find('+', 1);
  if (sign == std::string_view::npos) sign = inner.find('-', 1);
  bool local = sign != std::string_view::npos;
  if (local && !is_offset(inner.substr(sign))) return {};
  std::optional<std::int64_t> ms = milliseconds(inner.substr(0, sign));
  if (!ms) return {};
  // Wraps around beyond 64 bits, as the reference's arithmetic does.
  auto ticks = static_cast<std::int64_t>(
      static_cast<std::uint64_t>(*ms) * kTicksPerMillisecond + static_cast<std::uint64_t>(DateTime::kUnixEpochTicks)
  );
  if (ticks < 0 || ticks > DateTime::kMaxTicks) return {std::nullopt, "a /Date(…)/ lies outside the years 1 to 9999"};
  return {DateTime{ticks, local ? DateTime::Zone::Local : DateTime::Zone::Utc}, nullptr};
}

}  // namespace

DetectedDate detect_date(std::string_view text) {
  if (text.size() >= kClockEnd && text.size() <= 40 && text[10] == 'T') return iso_date(text);
  if (text.size() >= 9 && text[0] == '/') return epoch_date(text);
  return {};
}

}  // namespace aorta
