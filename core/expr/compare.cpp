#include "core/expr/compare.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "core/base/time.hpp"
#include "core/base/unicode.hpp"
#include "core/expr/numbers.hpp"

namespace aorta::expr {
namespace {

using document::Kind;
using document::Node;

// The reference's types: integers of any size are one.
Kind type_of(const Node& node) { return node.kind == Kind::BigInteger ? Kind::Integer : node.kind; }
bool is_nothing(const Node& node) { return node.kind == Kind::Null || node.kind == Kind::Undefined; }

template <class T>
Order order_of(T a, T b) {
  return a < b ? Order::Less : b < a ? Order::Greater : Order::Equal;
}
Order order_of_sign(int sign) { return order_of(sign, 0); }
Order reversed(Order order) { return is_failure(order) ? order : static_cast<Order>(-static_cast<int>(order)); }

// Like double.CompareTo: NaN is lowest and equal to itself.
Order order_of_floats(double a, double b) {
  if (nearly_equal(a, b) || (std::isnan(a) && std::isnan(b))) return Order::Equal;
  if (std::isnan(a)) return Order::Less;
  return std::isnan(b) ? Order::Greater : order_of(a, b);
}

Order to_integer(const Node& node, std::int64_t& out) {
  if (node.kind == Kind::Integer) out = node.integer;
  if (node.kind == Kind::Boolean) out = node.boolean ? 1 : 0;
  if (node.kind != Kind::String) return node.kind == Kind::Date ? Order::NoOrder : Order::Equal;
  std::optional<std::int64_t> value = parse_integer_text(node.text());
  out = value.value_or(0);
  return value ? Order::Equal : Order::NotANumber;
}

Order to_float(const Node& node, double& out) {
  if (node.kind == Kind::Float) out = node.number;
  if (node.kind == Kind::Integer) out = static_cast<double>(node.integer);
  if (node.kind == Kind::Boolean) out = node.boolean ? 1 : 0;
  if (node.kind != Kind::String) return node.kind == Kind::Date ? Order::NoOrder : Order::Equal;
  std::optional<double> value = parse_float_text(node.text());
  out = value.value_or(0);
  return value ? Order::Equal : Order::NotANumber;
}

bool is_boolean_blank(char32_t c) { return c == 0 || is_white_space(c); }

// bool.Parse: any case, white space and NULs around.
std::optional<bool> parse_boolean_text(std::string_view text) {
  constexpr std::string_view kTrue = "true", kFalse = "false";
  std::array<char, kFalse.size()> word{};
  std::size_t size = 0;
  bool ended = false;
  for (const char* p = text.data(); p != text.data() + text.size();) {
    char32_t c = next_char(p);
    if (is_boolean_blank(c)) {
      ended = size > 0;
      continue;
    }
    if (ended || size == word.size() || c >= 0x80) return {};
    word[size++] = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  std::string_view found(word.data(), size);
  if (found != kTrue && found != kFalse) return {};
  return found == kTrue;
}

Order to_boolean(const Node& node, bool& out) {
  if (node.kind == Kind::Boolean) out = node.boolean;
  if (node.kind == Kind::Integer) out = node.integer != 0;
  if (node.kind == Kind::Float) out = node.number != 0;
  if (node.kind == Kind::Date || node.kind == Kind::BigInteger) return Order::NoOrder;
  if (node.kind != Kind::String) return Order::Equal;
  std::optional<bool> value = parse_boolean_text(node.text());
  out = value.value_or(false);
  return value ? Order::Equal : Order::NotABoolean;
}

// A big integer against anything, as BigInteger.CompareTo after conversion of the other side.
class BigOther {
 public:
  Order read(const Node& node) {
    if (node.kind == Kind::Float) return read_float(node.number);
    if (node.kind == Kind::Integer) return write(node.integer);
    if (node.kind != Kind::BigInteger && node.kind != Kind::String) return Order::NoOrder;
    std::optional<BigDigits> digits = parse_big_integer_text(node.text());
    if (!digits) return Order::NotANumber;
    digits_ = *digits;
    return Order::Equal;
  }
  const BigDigits& digits() const { return digits_; }
  bool has_fraction() const { return fraction_; }

 private:
  Order read_float(double value) {
    if (!std::isfinite(value)) return Order::NotANumber;
    fraction_ = std::trunc(value) != value;
    auto [end, error] =
        std::to_chars(buffer_.data(), buffer_.data() + buffer_.size(), std::trunc(value), std::chars_format::fixed, 0);
    return parse(end);
  }
  Order write(std::int64_t value) {
    return parse(std::to_chars(buffer_.data(), buffer_.data() + buffer_.size(), value).ptr);
  }
  Order parse(const char* end) {
    std::optional<BigDigits> digits =
        parse_big_integer_text({buffer_.data(), static_cast<std::size_t>(end - buffer_.data())});
    if (!digits) return Order::NotANumber;
    digits_ = *digits;
    return Order::Equal;
  }

  std::array<char, std::numeric_limits<double>::max_exponent10 + 8> buffer_;
  BigDigits digits_;
  bool fraction_ = false;
};

Order compare_big_with(const Node& big, const Node& other) {
  std::optional<BigDigits> digits = parse_big_integer_text(big.text());
  if (!digits) return Order::NotANumber;
  BigOther right;
  if (Order read = right.read(other); is_failure(read)) return read;
  int sign = compare_big(*digits, right.digits());
  // The reference's conversion cuts a fraction off; what was cut makes the float the greater one, whatever its sign.
  return sign == 0 && right.has_fraction() ? Order::Less : order_of_sign(sign);
}

Order compare_floats(const Node& left, const Node& right) {
  double a = 0, b = 0;
  if (Order read = to_float(left, a); is_failure(read)) return read;
  if (Order read = to_float(right, b); is_failure(read)) return read;
  return order_of_floats(a, b);
}

Order compare_integers(const Node& left, const Node& right) {
  std::int64_t a = 0, b = 0;
  if (Order read = to_integer(left, a); is_failure(read)) return read;
  if (Order read = to_integer(right, b); is_failure(read)) return read;
  return order_of(a, b);
}

Order compare_numbers(const Node& left, const Node& right) {
  if (left.kind == Kind::BigInteger) return compare_big_with(left, right);
  if (right.kind == Kind::BigInteger) return reversed(compare_big_with(right, left));
  bool floats = left.kind == Kind::Float || right.kind == Kind::Float;
  return floats ? compare_floats(left, right) : compare_integers(left, right);
}

Order compare_booleans(const Node& left, const Node& right) {
  bool a = false, b = false;
  if (Order read = to_boolean(left, a); is_failure(read)) return read;
  if (Order read = to_boolean(right, b); is_failure(read)) return read;
  return order_of(a, b);
}

Order compare_dates(const Node& left, const Node& right) {
  if (left.kind != Kind::Date) return Order::NoOrder;
  if (right.kind == Kind::Date) return order_of(left.integer, right.integer);
  if (right.kind != Kind::String) return Order::NoOrder;
  std::optional<DateTime> time = parse_date_text(right.text());
  return time ? order_of(left.integer, time->ticks) : Order::NotADate;
}

struct Utf16Pair {
  char32_t first, second;
};
Utf16Pair units(char32_t c) {
  if (c < 0x10000) return {c, 0};
  return {0xD800 + ((c - 0x10000) >> 10), 0xDC00 + ((c - 0x10000) & 0x3FF)};
}

// A text as UTF-16 units from some place on.
class Units {
 public:
  Units(std::string_view text, std::size_t from) : at_(text.data() + from), end_(text.data() + text.size()) {}
  bool done() const { return at_ == end_ && pending_ == 0; }
  char32_t next() {
    if (pending_ != 0) return std::exchange(pending_, 0);
    Utf16Pair pair = units(next_char(at_));
    pending_ = pair.second;
    return pair.first;
  }

 private:
  const char* at_;
  const char* end_;
  char32_t pending_ = 0;
};

std::size_t common_start(std::string_view a, std::string_view b) {
  std::size_t size = std::min(a.size(), b.size());
  auto differs = std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(size), b.begin()).first;
  auto at = static_cast<std::size_t>(differs - a.begin());
  auto is_inside = [](std::string_view text, std::size_t i) {
    return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
  };
  while (at > 0 && (is_inside(a, at) || is_inside(b, at))) --at;
  return at;
}

// Mostly the members stand in the same order, so that each is looked for at its own place first.
bool equal_members(const Node& a, const Node& b) {
  auto other = document::Children(b).begin();
  for (document::Child c : document::Children(a)) {
    document::Child same_place = *other;
    const Node* match = same_place.name == c.name ? same_place.node : document::member(b, c.name);
    if (!match || !deep_equal(*c.node, *match)) return false;
    ++other;
  }
  return true;
}

bool equal_elements(const Node& a, const Node& b) {
  auto other = document::Children(b).begin();
  for (document::Child c : document::Children(a)) {
    if (!deep_equal(*c.node, *(*other).node)) return false;
    ++other;
  }
  return true;
}

}  // namespace

bool is_scalar(const Node& node) { return !node.is_container() && node.kind != Kind::Property; }

bool nearly_equal(double a, double b) {
  if (a == b) return true;
  double tolerance = (std::fabs(a) + std::fabs(b) + 10.0) * 2.2204460492503131E-16;
  double difference = a - b;
  return -tolerance < difference && tolerance > difference;
}

bool equal_values(const Node& a, const Node& b) {
  if (type_of(a) != type_of(b)) return false;
  switch (type_of(a)) {
    case Kind::Boolean:
      return a.boolean == b.boolean;
    case Kind::Integer:
      return compare_numbers(a, b) == Order::Equal;
    case Kind::Float:
      return order_of_floats(a.number, b.number) == Order::Equal;
    case Kind::String:
      return a.text() == b.text();
    case Kind::Date:
      return a.integer == b.integer;
    default:
      return is_nothing(a);
  }
}

bool deep_equal(const Node& a, const Node& b) {
  if (is_scalar(a) || is_scalar(b)) return is_scalar(a) && is_scalar(b) && equal_values(a, b);
  if (a.kind != b.kind || a.count != b.count || a.text() != b.text()) return false;
  return a.kind == Kind::Object ? equal_members(a, b) : equal_elements(a, b);
}

Order compare_values(const Node& left, const Node& right) {
  if (is_nothing(left)) return is_nothing(right) ? Order::Equal : Order::Less;
  if (is_nothing(right)) return Order::Greater;
  switch (left.kind == Kind::String ? type_of(right) : type_of(left)) {
    case Kind::Integer:
    case Kind::Float:
      return compare_numbers(left, right);
    case Kind::String:
      return order_of_sign(compare_ordinal(left.text(), right.text()));
    case Kind::Boolean:
      return compare_booleans(left, right);
    case Kind::Date:
      return compare_dates(left, right);
    default:
      return Order::NoOrder;
  }
}

int compare_ordinal(std::string_view a, std::string_view b) {
  std::size_t from = common_start(a, b);
  Units left(a, from), right(b, from);
  while (!left.done() && !right.done()) {
    char32_t l = left.next(), r = right.next();
    if (l != r) return l < r ? -1 : 1;
  }
  return left.done() ? (right.done() ? 0 : -1) : 1;
}

}  // namespace aorta::expr
