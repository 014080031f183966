#include "core/fhir/fhir_time.hpp"

namespace aorta::fhir {
namespace {

constexpr int kFractionDigits = 7;

class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : rest_(text) {}

  std::optional<DateTime> read() {
    if (!digits(4, time_.year)) return std::nullopt;
    if (take('-') && !read_month_and_day()) return std::nullopt;
    std::optional<std::int64_t> ticks = rest_.empty() ? ticks_of(time_) : std::nullopt;
    if (!ticks) return std::nullopt;
    std::int64_t utc = *ticks + carry_ - std::int64_t{60} * offset_minutes_ * DateTime::kTicksPerSecond;
    if (utc < 0 || utc > DateTime::kMaxTicks) return std::nullopt;
    return DateTime{utc, DateTime::Zone::Utc};
  }

 private:
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool digits(std::size_t count, int& out) {
    if (rest_.size() < count) return false;
    out = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return false;
      out = out * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return true;
  }
  bool read_month_and_day() {
    if (!digits(2, time_.month)) return false;
    if (!take('-')) return true;
    return digits(2, time_.day) && (!take('T') || read_clock());
  }
  bool read_clock() {
    if (!digits(2, time_.hour) || !take(':') || !digits(2, time_.minute)) return false;
    if (take(':') && !digits(2, time_.second)) return false;
    if (take('.') && !read_fraction()) return false;
    return take('Z') || rest_.empty() || read_offset();
  }
  bool read_fraction() {
    int count = 0;
    int digit = 0;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; ++count) {
      digit = rest_.front() - '0';
      if (count < kFractionDigits) time_.fraction = time_.fraction * 10 + digit;
      if (count == kFractionDigits) carry_ = digit >= 5 ? 1 : 0;
      rest_.remove_prefix(1);
    }
    for (int i = count; i < kFractionDigits; ++i) time_.fraction *= 10;
    return count > 0;
  }
  bool read_offset() {
    int sign = take('-') ? -1 : 1;
    if (sign == 1 && !take('+')) return false;
    int hours = 0;
    int minutes = 0;
    if (!digits(2, hours) || !take(':') || !digits(2, minutes) || minutes > 59) return false;
    offset_minutes_ = sign * (hours * 60 + minutes);
    return hours * 60 + minutes <= 14 * 60;
  }

  std::string_view rest_;
  CalendarTime time_;
  int carry_ = 0;  // 100 ns
  int offset_minutes_ = 0;
};

}  // namespace

std::optional<DateTime> parse_fhir_time(std::string_view text) { return TimeReader(text).read(); }

}  // namespace aorta::fhir
