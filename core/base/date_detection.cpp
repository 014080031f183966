// Which strings of a message are dates: the exact rules of the reference's JSON library, its quirks included
// (device-mapping spec, 7.1).
#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>

#include "core/base/time.hpp"

namespace aorta {
namespace {

constexpr std::size_t kClockEnd = 19;  // yyyy-MM-ddTHH:mm:ss
constexpr std::size_t kFractionDigits = 7;
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
  if (rest.size() == 1 && (rest[0] == 'Z' || rest[0] == 'z')) return Zone{DateTime::Zone::Utc, 0};
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
  // What makes so many digits seven.
  static constexpr std::array<int, kFractionDigits + 1> kScale = {0, 1'000'000, 100'000, 10'000, 1000, 100, 10, 1};
  std::size_t first = ++i;
  int value = 0;
  for (std::size_t end = std::min(text.size(), first + kFractionDigits); i < end && is_digit(text[i]); ++i)
    value = value * 10 + (text[i] - '0');
  return i == first ? -1 : value * kScale[i - first];
}

// Ticks of the midnight that yyyy-MM-dd at `p` begins with; false: there is no such day.
bool enter_day(const char* p, KnownDay& known) {
  static constexpr char kPattern[] = "0000-00-";
  if (std::memcmp(p, known.text.data(), known.text.size()) == 0) return true;
  std::optional<std::uint64_t> digits = digits_in(eight_at(p), eight_at(kPattern));
  int day = two_digits({p, known.text.size()}, 8);
  if (!digits || day < 0) return false;
  auto ticks = ticks_of({pair_at(*digits, 0) * 100 + pair_at(*digits, 2), pair_at(*digits, 5), day});
  if (!ticks) return false;
  std::memcpy(known.text.data(), p, known.text.size());
  known.ticks = *ticks;
  return true;
}

DetectedDate iso_date(std::string_view text, KnownDay& day) {
  static constexpr char kPattern[] = "00:00:00";
  std::optional<std::uint64_t> clock = digits_in(eight_at(text.data() + 11), eight_at(kPattern));
  if (!clock || !enter_day(text.data(), day)) return {};
  int hour = pair_at(*clock, 0), minute = pair_at(*clock, 3), second = pair_at(*clock, 6), fraction = 0;
  std::size_t i = kClockEnd;
  if (i < text.size() && text[i] == '.') fraction = fraction_at(text, i);
  std::optional<Zone> zone = zone_of(text.substr(i));
  if (!zone || fraction < 0) return {};
  bool next_midnight = hour == 24 && minute == 0 && second == 0 && fraction == 0;
  if ((hour > 23 && !next_midnight) || minute > 59 || second > 59) return {};
  std::int64_t clock_ticks = (hour * 3600 + minute * 60 + second) * DateTime::kTicksPerSecond + fraction;
  std::int64_t ticks = day.ticks + clock_ticks;
  if (ticks > DateTime::kMaxTicks) return {std::nullopt, "a date lies behind the last day of the calendar"};
  std::int64_t instant = std::clamp(ticks - zone->offset, std::int64_t{0}, DateTime::kMaxTicks);
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
  KnownDay unknown;
  return detect_date(text, unknown);
}

DetectedDate detect_date(std::string_view text, KnownDay& known) {
  if (text.size() >= kClockEnd && text.size() <= 40 && text[10] == 'T') return iso_date(text, known);
  if (text.size() >= 9 && text[0] == '/') return epoch_date(text);
  return {};
}

}  // namespace aorta
