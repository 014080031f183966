#include <cmath>
#include <functional>
#include <limits>
#include <optional>

#include "core/base/time.hpp"
#include "core/document/document.hpp"
#include "core/expr/jmes_path/comparison.hpp"
#include "core/expr/jmes_path/functions.hpp"
#include "core/expr/numbers.hpp"

namespace aorta::expr::jmes_path {
namespace {

using document::Child;
using document::Children;
using document::Kind;
using document::Node;

constexpr std::int64_t kMinLong = std::numeric_limits<std::int64_t>::min();
constexpr std::string_view kTooBig = "the result does not fit 64 bits";
constexpr std::string_view kBigInteger = "integers beyond 64 bits cannot be computed with";

Value integer(const Call& call, std::int64_t value) { return document::make_integer(call.arena(), value); }
Value real(const Call& call, double value) { return document::make_float(call.arena(), value); }

// The nearest 64-bit integer, halves to even; nothing beyond the range.
std::optional<std::int64_t> rounded(double value) {
  double nearest = std::nearbyint(value);
  if (!(nearest >= -0x1p63 && nearest < 0x1p63)) return {};
  return static_cast<std::int64_t>(nearest);
}

Value rounded_value(const Call& call, double value) {
  std::optional<std::int64_t> whole = rounded(value);
  return whole ? integer(call, *whole) : call.fail(kTooBig);
}

// As the reference tests it: a remainder below its hundred smallest doubles is none.
bool is_whole(double value) {
  return std::fabs(std::fmod(value, 1.0)) <= std::numeric_limits<double>::denorm_min() * 100;
}

// Why an array's items cannot be summed, empty if they can.
std::string_view not_summable(const Node& array) {
  for (Child c : Children(array)) {
    if (c.node->kind == Kind::BigInteger) return kBigInteger;
    if (!c.node->is_number()) return "every item must be a number, one is not";
  }
  return {};
}

double total(const Node& array) {
  double sum = 0.0;
  for (Child c : Children(array)) sum += number_of(*c.node);
  return sum;
}

bool is_real(const Call& call) { return call.token(0).kind == Kind::Float || call.token(1).kind == Kind::Float; }

// Two numbers by doubles if either is one, else by 64-bit integers.
template <class OnReals, class OnIntegers>
Value arithmetic(const Call& call, OnReals on_reals, OnIntegers on_integers) {
  const Node& left = call.token(0);
  const Node& right = call.token(1);
  if (left.kind == Kind::BigInteger || right.kind == Kind::BigInteger) return call.fail(kBigInteger);
  if (is_real(call)) return real(call, on_reals(number_of(left), number_of(right)));
  return on_integers(left.integer, right.integer);
}

template <class OnReals>
Value wrapping(const Call& call, OnReals on_reals, std::int64_t (*on_wholes)(std::int64_t, std::int64_t)) {
  return arithmetic(call, on_reals, [&](std::int64_t left, std::int64_t right) {
    return integer(call, on_wholes(left, right));
  });
}

std::uint64_t bits(std::int64_t number) { return static_cast<std::uint64_t>(number); }

Value whole_part(const Call& call, double (*cut)(double)) {
  if (call.token().kind == Kind::BigInteger) return call.fail(kBigInteger);
  return rounded_value(call, cut(number_of(call.token())));
}

Value from_unix(const Call& call, std::int64_t ticks_per_unit) {
  const Node& stamp = call.token();
  std::int64_t least = -(DateTime::kUnixEpochTicks / ticks_per_unit);
  std::int64_t greatest = (DateTime::kMaxTicks - DateTime::kUnixEpochTicks) / ticks_per_unit;
  if (stamp.kind != Kind::Integer || stamp.integer < least || stamp.integer > greatest) {
    return call.fail("the time stamp lies outside the years 1 to 9999");
  }
  DateTime time;
  time.ticks = DateTime::kUnixEpochTicks + stamp.integer * ticks_per_unit;
  time.zone = DateTime::Zone::Utc;
  return document::make_date(call.arena(), time);
}

}  // namespace

// Integers go through 32 bits in the reference.
Value abs(const Call& call) {
  const Node& number = call.token();
  if (number.kind == Kind::Float) return real(call, std::fabs(number.number));
  constexpr std::int64_t kMaxInt = std::numeric_limits<std::int32_t>::max();
  if (number.kind != Kind::Integer || number.integer > kMaxInt || number.integer < -kMaxInt) {
    return call.fail("an integer beyond 32 bits has no absolute value here; multiply it by 1.0 first");
  }
  return integer(call, number.integer < 0 ? -number.integer : number.integer);
}

Value avg(const Call& call) {
  const Node& array = call.token();
  if (std::string_view cause = not_summable(array); !cause.empty()) return call.fail(cause);
  return array.count == 0 ? missing() : real(call, total(array) / array.count);
}

Value ceil(const Call& call) { return whole_part(call, std::ceil); }
Value floor(const Call& call) { return whole_part(call, std::floor); }

Value sum(const Call& call) {
  if (std::string_view cause = not_summable(call.token()); !cause.empty()) return call.fail(cause);
  double sum = total(call.token());
  return is_whole(sum) ? rounded_value(call, sum) : real(call, sum);
}

Value to_number(const Call& call) {
  const Node& value = call.token();
  if (value.is_number()) return &value;
  if (value.kind != Kind::String) return missing();
  if (std::optional<std::int64_t> whole = parse_integer_text(value.text())) return integer(call, *whole);
  bool grouped = value.text().find(',') != std::string_view::npos;
  std::optional<double> parsed = grouped ? std::nullopt : parse_float_text(value.text());
  return parsed ? real(call, *parsed) : missing();
}

std::int64_t add_wholes(std::int64_t left, std::int64_t right) {
  return static_cast<std::int64_t>(bits(left) + bits(right));
}
std::int64_t subtract_wholes(std::int64_t left, std::int64_t right) {
  return static_cast<std::int64_t>(bits(left) - bits(right));
}
std::int64_t multiply_wholes(std::int64_t left, std::int64_t right) {
  return static_cast<std::int64_t>(bits(left) * bits(right));
}

Value add(const Call& call) { return wrapping(call, std::plus<>(), add_wholes); }
Value subtract(const Call& call) { return wrapping(call, std::minus<>(), subtract_wholes); }
Value multiply(const Call& call) { return wrapping(call, std::multiplies<>(), multiply_wholes); }

Value divide(const Call& call) {
  return arithmetic(
      call, [](double a, double b) { return a / b; },
      [&](std::int64_t a, std::int64_t b) {
        if (b == 0) return call.fail("division by zero");
        if (a == kMinLong && b == -1) return call.fail(kTooBig);
        return integer(call, a / b);
      }
  );
}

Value pow(const Call& call) {
  return arithmetic(
      call, [](double a, double b) { return std::pow(a, b); },
      [&](std::int64_t a, std::int64_t b) {
        return rounded_value(call, std::pow(static_cast<double>(a), static_cast<double>(b)));
      }
  );
}

Value from_unix_timestamp(const Call& call) { return from_unix(call, DateTime::kTicksPerSecond); }
Value from_unix_timestamp_ms(const Call& call) { return from_unix(call, DateTime::kTicksPerSecond / 1000); }

}  // namespace aorta::expr::jmes_path
