#include "core/expr/json_path/operators.hpp"

#include <algorithm>

#include "core/base/time.hpp"
#include "core/expr/compare.hpp"

namespace aorta::expr::json_path {
namespace {

using document::Kind;
using document::Node;

bool is_integer(const Node& node) { return node.kind == Kind::Integer || node.kind == Kind::BigInteger; }

Verdict verdict(bool yes) { return yes ? Verdict::Yes : Verdict::No; }
Verdict negated(Verdict v) { return is_failure(v) ? v : verdict(v == Verdict::No); }

Verdict failure(Order order) {
  switch (order) {
    case Order::NotANumber:
      return Verdict::NotANumber;
    case Order::NotABoolean:
      return Verdict::NotABoolean;
    case Order::NotADate:
      return Verdict::NotADate;
    default:
      return Verdict::NoOrder;
  }
}

Verdict strictly_equal(const Node& left, const Node& right) {
  bool mixed = (is_integer(left) && right.kind == Kind::Float) || (left.kind == Kind::Float && is_integer(right));
  if (!mixed) return verdict(equal_values(left, right));
  Order order = compare_values(left, right);
  return is_failure(order) ? failure(order) : verdict(order == Order::Equal);
}

Verdict equal(const Node& left, const Node& right) {
  if (left.kind != Kind::Date || right.kind != Kind::String) return strictly_equal(left, right);
  return verdict(iso_text({left.integer, static_cast<DateTime::Zone>(left.zone)}) == right.text());
}

bool in_order(Operator op, Order order) {
  switch (op) {
    case Operator::Less:
      return order == Order::Less;
    case Operator::LessOrEqual:
      return order != Order::Greater;
    case Operator::Greater:
      return order == Order::Greater;
    default:
      return order != Order::Less;
  }
}

Verdict ordered(Operator op, const Node& left, const Node& right) {
  Order order = compare_values(left, right);
  return is_failure(order) ? failure(order) : verdict(in_order(op, order));
}

Verdict search(const Regex& regex, std::string_view text, std::uint64_t& steps) {
  switch (regex.search(text, steps)) {
    case Regex::Outcome::No:
      return Verdict::No;
    case Regex::Outcome::Yes:
      return Verdict::Yes;
    default:
      return Verdict::TooCostly;
  }
}

// What compiling a pattern from the message costs, in steps per byte.
constexpr std::uint64_t kStepsPerPatternByte = 1024;

Verdict matches(const Term& term, const Node& left, const Node& right, std::uint64_t& steps) {
  if (left.kind != Kind::String || right.kind != Kind::String) return Verdict::No;
  if (term.regex) return search(*term.regex, left.text(), steps);
  std::uint64_t cost = kStepsPerPatternByte * right.text().size();
  if (steps < cost) return Verdict::TooCostly;
  steps -= cost;
  Result<std::shared_ptr<const Regex>> regex = Regex::compile_token(right.text());
  return regex.has_error() ? Verdict::BadPattern : search(**regex, left.text(), steps);
}

// Long texts cost more than one step to compare.
std::uint64_t cost_of(const Node& left, const Node& right) {
  return 1 + std::max(left.text_size, right.text_size) / 64;
}

}  // namespace

Verdict holds(const Term& term, const Node& left, const Node& right, std::uint64_t& steps) {
  std::uint64_t cost = cost_of(left, right);
  if (steps < cost) return Verdict::TooCostly;
  steps -= cost;
  if (!is_scalar(left) || !is_scalar(right)) return verdict(term.op == Operator::NotEqual);
  switch (term.op) {
    case Operator::Equal:
      return equal(left, right);
    case Operator::NotEqual:
      return negated(equal(left, right));
    case Operator::StrictEqual:
      return strictly_equal(left, right);
    case Operator::StrictNotEqual:
      return negated(strictly_equal(left, right));
    case Operator::Matches:
      return matches(term, left, right, steps);
    default:
      return ordered(term.op, left, right);
  }
}

}  // namespace aorta::expr::json_path
