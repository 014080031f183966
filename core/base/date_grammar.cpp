// Texts as dates by the invariant culture's rules, as a grammar (device-mapping spec, 7.2). What the clock would have
// to complete fails.
#include <array>
#include <chrono>

#include "core/base/text.hpp"
#include "core/base/time.hpp"
#include "core/base/unicode.hpp"

namespace aorta {
namespace {

constexpr std::int64_t kTicksPerMinute = 60 * DateTime::kTicksPerSecond;
constexpr std::int64_t kTicksPerDay = 24 * 60 * kTicksPerMinute;
constexpr int kMaxOffset = 14 * 60;  // minutes
constexpr int kPivot = 49;           // 49 is 2049, 50 is 1950

constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                      "May",       "June",     "July",     "August",
                                                      "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

struct Number {
  int value = 0;
  int digits = 0;  // 0: there is none
  bool is_year() const { return digits == 3 || digits == 4; }
  bool is_short() const { return digits == 1 || digits == 2; }
};

// A year in last place, where two digits will do.
int last_year(Number n) {
  if (n.digits > 2) return n.value;
  return n.value <= kPivot ? 2000 + n.value : 1900 + n.value;
}

class Grammar {
 public:
  explicit Grammar(std::string_view text) : rest_(text) { trim(); }

  std::optional<DateTime> parse() {
    bool read = starts_with_time() ? time() && blanks() && date() : date() && time_after_date();
    if (!read) return std::nullopt;
    blanks();
    if (!rest_.empty() && !zone()) return std::nullopt;
    return rest_.empty() ? result() : std::nullopt;
  }

 private:
  // ---- characters
  char peek(std::size_t i = 0) const { return i < rest_.size() ? rest_[i] : '\0'; }
  bool take(char c) {
    if (peek() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool blanks() {
    std::size_t before = rest_.size();
    while (!rest_.empty()) {
      const char* p = rest_.data();
      if (!is_white_space(next_char(p))) break;
      rest_.remove_prefix(static_cast<std::size_t>(p - rest_.data()));
    }
    return rest_.size() != before;
  }
  void trim() {
    blanks();
    for (std::size_t end = rest_.size(); end > 0;) {
      do {
        --end;
      } while (end > 0 && (static_cast<unsigned char>(rest_[end]) & 0xC0) == 0x80);
      const char* p = rest_.data() + end;
      if (char32_t c = next_char(p); c != 0 && !is_white_space(c)) break;
      rest_ = rest_.substr(0, end);
    }
  }
  Number number() {
    Number n;
    for (; is_digit(peek()); rest_.remove_prefix(1)) {
      if (n.digits < 9) n.value = n.value * 10 + (peek() - '0');
      ++n.digits;
    }
    return n;
  }
  // A number that is no hour.
  Number date_number() {
    std::size_t digits = 0;
    while (is_digit(peek(digits))) ++digits;
    return peek(digits) == ':' ? Number{} : number();
  }
  // Between the parts of a date. A letter next to a digit needs nothing.
  bool separator() {
    std::size_t before = rest_.size();
    auto fillers = [this] {
      while (blanks() || take('.') || take(',')) continue;
    };
    fillers();
    if (take('-') || take('/')) fillers();
    return rest_.size() != before;
  }
  // The number of the name (or its first three letters) that starts here; 0 if none does.
  template <std::size_t N>
  int name(const std::array<std::string_view, N>& names) {
    std::size_t size = 0;
    while (is_letter(peek(size))) ++size;
    for (std::size_t i = 0; i < N; ++i) {
      if (size != 3 && size != names[i].size()) continue;
      if (!equals_ignoring_ascii_case(rest_.substr(0, size), names[i].substr(0, size))) continue;
      rest_.remove_prefix(size);
      take('.');
      return static_cast<int>(i) + 1;
    }
    return 0;
  }
  bool word(std::string_view wanted) {
    if (!equals_ignoring_ascii_case(rest_.substr(0, wanted.size()), wanted) || is_letter(peek(wanted.size())))
      return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }

  // ---- date
  bool date() {
    if (is_digit(peek())) return numeric_start();
    weekday_ = name(kDays);
    if (weekday_ != 0) {
      take(',');
      blanks();
      if (is_digit(peek())) return day_month_year(number());
    }
    return month_start();
  }

  bool numeric_start() {
    Number first = number();
    if (!separator() && !is_letter(peek())) return false;
    if (is_letter(peek())) return day_month_year(first);
    Number second = date_number();
    if (!second.digits) return false;
    Grammar before = *this;
    Number third = separator() ? date_number() : Number{};
    if (third.digits) return numeric(first, second, third);
    *this = before;
    two_part_ = true;
    if (first.is_year()) return set(first.value, second, Number{1, 1});
    return second.is_year() && set(second.value, first, Number{1, 1});
  }

  bool numeric(Number first, Number second, Number third) {
    if (first.is_year()) {
      iso_ = true;
      return set(first.value, second, third);
    }
    return third.digits <= 4 && set(last_year(third), first, second);
  }

  // D mon Y, Y mon D, Y mon
  bool day_month_year(Number first) {
    separator();
    int month = name(kMonths);
    if (!month || first.digits > 4) return false;
    Grammar before = *this;
    separator();
    Number third = date_number();
    if (first.is_year()) {
      if (third.digits) return set(first.value, month, third);
    } else if (third.digits) {
      return third.digits <= 4 && set(last_year(third), month, first);
    }
    *this = before;
    two_part_ = true;
    return weekday_ == 0 && set(first.is_year() ? first.value : last_year(first), month, Number{1, 1});
  }

  // mon D Y, mon Y
  bool month_start() {
    int month = name(kMonths);
    if (!month) return false;
    separator();
    Number second = date_number();
    if (second.is_year()) {
      two_part_ = true;
      return weekday_ == 0 && set(second.value, month, Number{1, 1});
    }
    separator();
    Number third = date_number();
    return third.digits > 0 && third.digits <= 4 && set(last_year(third), month, second);
  }

  bool set(int year, Number month, Number day) { return month.is_short() && set(year, month.value, day); }
  bool set(int year, int month, Number day) {
    t_.year = year;
    t_.month = month;
    t_.day = day.value;
    return day.is_short();
  }

  // ---- time
  bool starts_with_time() const {
    std::size_t digits = 0;
    while (is_digit(peek(digits))) ++digits;
    if (digits == 0 || digits > 2) return false;
    if (peek(digits) == ':') return true;
    Grammar ahead = *this;
    ahead.number();
    ahead.blanks();
    return ahead.word("AM") || ahead.word("PM");
  }

  // Behind a date: nothing, a zone (left to the caller), a time, or "T" and a time.
  bool time_after_date() {
    Grammar before = *this;
    blanks();
    if (iso_ && (peek() == 'T' || peek() == 't')) return iso_time();
    while (take(',') || take('.')) blanks();
    if (!is_digit(peek())) {
      *this = before;
      return true;
    }
    return rest_.size() != before.rest_.size() && !two_part_ && time();
  }

  bool iso_time() {
    iso_clock_ = true;
    rest_.remove_prefix(1);
    blanks();
    Number h = number();
    if (h.digits != 2 || !take(':')) return false;
    Number m = number();
    if (m.digits != 2) return false;
    Number s;
    if (take(':')) {
      s = number();
      if (s.digits != 2) return false;
      if ((peek() == '.' || peek() == ',') && !is_digit(peek(1))) return false;
      fraction();
    }
    midnight_ = h.value == 24 && s.digits && !m.value && !s.value && !t_.fraction && !carry_;
    return set_clock(midnight_ ? Number{0, 2} : h, m, s);
  }

  bool time() {
    Number h = number();
    Number m;
    Number s;
    if (take(':')) {
      m = number();
      if (!m.is_short()) return false;
      if (take(':')) {
        s = number();
        if (!s.is_short()) return false;
        fraction();
      }
    }
    Grammar before = *this;
    blanks();
    bool am = word("AM");
    bool pm = !am && word("PM");
    if (!am && !pm) *this = before;
    if (!m.digits && !am && !pm) return false;
    if (am && h.value > 12) return false;
    if (am && h.value == 12) h.value = 0;
    if (pm && h.value < 12) h.value += 12;
    return h.is_short() && set_clock(h, m, s);
  }

  bool set_clock(Number h, Number m, Number s) {
    t_.hour = h.value;
    t_.minute = m.value;
    t_.second = s.value;
    return h.value < 24 && m.value < 60 && s.value < 60;
  }

  // Any number of digits, rounded half up to 100 ns.
  void fraction() {
    if (peek() != '.' && peek() != ',') return;
    rest_.remove_prefix(1);
    int digits = 0;
    int value = 0;
    for (; is_digit(peek()); rest_.remove_prefix(1), ++digits) {
      if (digits < 7) value = value * 10 + (peek() - '0');
      if (digits == 7 && peek() >= '5') ++value;
    }
    for (; digits < 7; ++digits) value *= 10;
    carry_ = value == DateTime::kTicksPerSecond;
    t_.fraction = carry_ ? 0 : value;
  }

  // ---- zone
  bool zone() {
    zoned_ = true;
    if (word("Z") || (!iso_clock_ && word("GMT"))) return true;
    int sign = peek() == '-' ? -1 : 1;
    if (!take('-') && !take('+')) return false;
    Number h = number();
    int minutes = h.digits > 2 ? h.value % 100 : 0;
    if (h.digits > 2) h.value /= 100;
    if (h.is_short() && take(':')) {
      Number m = number();
      if (!m.is_short()) return false;
      minutes = m.value;
    }
    int total = h.value * 60 + minutes;
    offset_ = sign * total * kTicksPerMinute;
    return h.digits > 0 && h.digits <= 4 && minutes < 60 && total <= kMaxOffset;
  }

  // ---- result
  std::optional<DateTime> result() const {
    std::optional<std::int64_t> ticks = ticks_of(t_);
    if (!ticks || (weekday_ != 0 && *ticks / kTicksPerDay % 7 != (weekday_ + 5) % 7)) return std::nullopt;
    if (midnight_) *ticks += kTicksPerDay;
    if (carry_) *ticks += DateTime::kTicksPerSecond;
    bool first_day = *ticks < kTicksPerDay;  // there the reference goes round the clock
    *ticks -= offset_;
    if (first_day && *ticks < 0) *ticks += kTicksPerDay;
    if (*ticks < 0 || *ticks > DateTime::kMaxTicks) return std::nullopt;
    return DateTime{*ticks, zoned_ ? DateTime::Zone::Local : DateTime::Zone::Unspecified};
  }

  std::string_view rest_;
  CalendarTime t_;
  std::int64_t offset_ = 0;
  int weekday_ = 0;         // 1 = Sunday
  bool two_part_ = false;   // year and month only
  bool iso_ = false;        // numbers, the year first
  bool iso_clock_ = false;  // a time behind "T"
  bool midnight_ = false;   // T24:00:00
  bool carry_ = false;      // the fraction was rounded up to a whole second
  bool zoned_ = false;
};

}  // namespace

std::optional<DateTime> parse_date_text(std::string_view text) { return Grammar(text).parse(); }

}  // namespace aorta
