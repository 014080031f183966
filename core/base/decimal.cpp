#include "core/base/decimal.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace aorta {
namespace {

using Digits = Decimal::Digits;

bool is_white(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_sign(char c) { return c == '+' || c == '-'; }

// What the text says, before it is made to fit.
struct Scanned {
  std::string_view mantissa;  // digits, commas and a point
  std::int64_t exponent = 0;
  bool negative = false;
};

class Scanner {
 public:
  Scanner(std::string_view text, DecimalSyntax syntax) : text_(text), syntax_(syntax) {}

  std::optional<Scanned> scan() {
    skip_white();
    bool sign = take_sign();
    if (!take_mantissa()) return std::nullopt;
    if (syntax_ == DecimalSyntax::Float) take_exponent();
    skip_white();
    if (!sign && take_sign()) skip_white();
    while (peek() == '\0' && at_ < text_.size()) ++at_;
    return at_ == text_.size() ? std::optional(out_) : std::nullopt;
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  void skip_white() {
    while (is_white(peek())) ++at_;
  }
  bool take_sign() {
    if (!is_sign(peek())) return false;
    out_.negative = text_[at_++] == '-';
    return true;
  }
  bool take_mantissa() {
    std::size_t start = at_;
    bool any = is_digit(peek());
    if (any) {
      while (is_digit(peek()) || peek() == ',') ++at_;
    }
    if (peek() == '.') {
      ++at_;
      any = any || is_digit(peek());
      while (is_digit(peek())) ++at_;
    }
    out_.mantissa = text_.substr(start, at_ - start);
    return any;
  }
  void take_exponent() {
    if (peek() != 'e' && peek() != 'E') return;
    std::size_t sign = is_sign(peek(1)) ? 1 : 0;
    if (!is_digit(peek(1 + sign))) return;
    bool negative = peek(1) == '-';
    at_ += 1 + sign;
    // Far beyond any decimal; more digits change nothing.
    constexpr std::int64_t kEnough = 100'000'000;
    for (; is_digit(peek()); ++at_) out_.exponent = std::min(kEnough, out_.exponent * 10 + (text_[at_] - '0'));
    if (negative) out_.exponent = -out_.exponent;
  }

  std::string_view text_;
  DecimalSyntax syntax_;
  std::size_t at_ = 0;
  Scanned out_;
};

bool fits(Digits value, int digit) { return value <= (Decimal::kMaxDigits - static_cast<Digits>(digit)) / 10; }

// Takes digits while they fit, then rounds half to even on all that was cut off.
class Fitter {
 public:
  // `place`: 1 for the first digit after the point, 0 for the ones.
  void take(int digit, std::int64_t place) {
    if (!full_ && place <= Decimal::kMaxScale && fits(value_, digit)) {
      value_ = value_ * 10 + static_cast<Digits>(digit);
      place_ = place;
      return;
    }
    if (!full_) place_ = std::min<std::int64_t>(place - 1, Decimal::kMaxScale);
    full_ = true;
    if (place == place_ + 1) {
      next_ = digit;
    } else {
      more_ = more_ || digit != 0;
    }
  }

  std::optional<Decimal> finish(bool negative) {
    if (value_ == 0 && place_ < 0) place_ = 0;
    for (; place_ < 0 && !full_; ++place_) {
      if (!fits(value_, 0)) return std::nullopt;
      value_ *= 10;
    }
    if (next_ > 5 || (next_ == 5 && (more_ || (value_ & 1) != 0))) round_up();
    if (place_ < 0) return std::nullopt;
    return Decimal(value_, static_cast<int>(place_), negative);
  }

 private:
  void round_up() {
    if (value_ < Decimal::kMaxDigits) {
      ++value_;
      return;
    }
    value_ = Decimal::kMaxDigits / 10 + 1;
    --place_;
  }

  Digits value_ = 0;
  std::int64_t place_ = 0;  // of the last digit taken
  bool full_ = false;
  int next_ = 0;       // the first digit cut off
  bool more_ = false;  // a digit other than 0 after it
};

}  // namespace

std::optional<Decimal> parse_decimal(std::string_view text, DecimalSyntax syntax) {
  std::optional<Scanned> scanned = Scanner(text, syntax).scan();
  if (!scanned) return std::nullopt;
  std::string_view mantissa = scanned->mantissa;
  std::string_view whole = mantissa.substr(0, mantissa.find('.'));
  std::int64_t place = 1 - std::count_if(whole.begin(), whole.end(), is_digit) - scanned->exponent;
  Fitter fitter;
  for (char c : mantissa) {
    if (is_digit(c)) fitter.take(c - '0', place++);
  }
  return fitter.finish(scanned->negative);
}

// At most as many digits as always fit; no sign of zero, no zeros in front.
bool is_decimal_text(std::string_view text) {
  constexpr std::size_t kSurelyFit = 28;
  bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > kSurelyFit || !is_digit(text.back())) return false;
  std::size_t whole = 0;
  while (whole < text.size() && is_digit(text[whole])) ++whole;
  if (whole == 0 || (whole > 1 && text[0] == '0')) return false;
  if (whole == text.size()) return !negative || text[0] != '0';
  if (text[whole] != '.' || (negative && text[0] == '0')) return false;
  std::string_view places = text.substr(whole + 1);
  return std::all_of(places.begin(), places.end(), is_digit);
}

std::string Decimal::text() const {
  char buffer[32];
  char* const end = buffer + sizeof buffer;
  char* at = end;
  Digits rest = digits_;
  for (int place = 0; rest != 0 || place <= scale_; ++place) {
    if (place == scale_ && scale_ > 0) *--at = '.';
    *--at = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  std::string out(negative_ ? "-" : "");
  return out.append(at, end);
}

double Decimal::to_double() const {
  std::string digits = text();
  double out = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return out;
}

bool operator==(const Decimal& a, const Decimal& b) {
  auto plain = [](Decimal d) {
    for (; d.scale_ > 0 && d.digits_ % 10 == 0; --d.scale_) d.digits_ /= 10;
    return d;
  };
  Decimal x = plain(a);
  Decimal y = plain(b);
  return x.digits_ == y.digits_ && (x.digits_ == 0 || (x.scale_ == y.scale_ && x.negative_ == y.negative_));
}

}  // namespace aorta
