#include "core/expr/json_path/required_names.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <utility>

namespace aorta::expr::json_path {
namespace {

using document::Kind;
using document::Node;

// Of a part of an expression: what it needs, and whether it may fail where it has all it needs. What stands behind a
// part that may fail is not looked at: there the part is evaluated and fails, whether what follows finds its names or
// not.
struct Needs {
  std::set<std::string> names;
  bool safe = true;

  // This part, then (only if this one gave something) the other.
  void then(Needs other) {
    if (!safe) return;
    names.merge(other.names);
    safe = other.safe;
  }
};

// One part or the other: a name is needed if both need it.
Needs either(const Needs& a, const Needs& b) {
  Needs out;
  std::set_intersection(
      a.names.begin(), a.names.end(), b.names.begin(), b.names.end(), std::inserter(out.names, out.names.end())
  );
  out.safe = a.safe && b.safe;
  return out;
}

// A slice of such a step may wrap around (see SliceRange).
constexpr std::int32_t kLargeStep = 1 << 30;

bool is_safe(const Step& step) {
  auto is_negative = [](std::int32_t position) { return position < 0; };
  return std::none_of(step.positions.begin(), step.positions.end(), is_negative) &&
         step.slice.step.value_or(1) < kLargeStep;
}

bool is_plain_literal(const Side& side) {
  return !side.path && (side.literal.kind != Kind::Float || std::isfinite(side.literal.number));
}

// Equality fails for integers beyond 64 bits against NaN and infinities only.
bool is_safe(const Term& term) {
  switch (term.op) {
    case Operator::Exists:
      return true;
    case Operator::Equal:
    case Operator::NotEqual:
    case Operator::StrictEqual:
    case Operator::StrictNotEqual:
      return is_plain_literal(term.left) || is_plain_literal(term.right);
    case Operator::Matches:
      return term.regex != nullptr;
    default:
      return false;
  }
}

class Finder {
 public:
  explicit Finder(const Program& program) : program_(program) {}

  Needs of(const Path& path) const {
    Needs out;
    out.safe = !path.step_zero;
    for (const Step& step : path.steps) out.then(of(step));
    return out;
  }

 private:
  Needs of(const Step& step) const {
    if (step.kind == Step::Kind::Filter || step.kind == Step::Kind::ScanFilter) {
      return of(*program_.predicates[step.predicate]);
    }
    Needs out;
    if (step.names.size() == 1) out.names.insert(step.names.front());
    out.safe = is_safe(step);
    return out;
  }

  // The tests from right to left, as they nest.
  Needs of(const Predicate& predicate) const {
    Needs out = of(*predicate.terms[predicate.tests.back().term]);
    for (auto test = std::next(predicate.tests.rbegin()); test != predicate.tests.rend(); ++test) {
      Needs term = of(*predicate.terms[test->term]);
      if (test->in_or) {
        out = either(term, out);
      } else {
        term.then(std::move(out));
        out = std::move(term);
      }
    }
    return out;
  }

  Needs of(const Term& term) const {
    Needs out = of(term.left);
    if (term.op != Operator::Exists) out.then(of(term.right));
    out.safe = out.safe && is_safe(term);
    return out;
  }

  Needs of(const Side& side) const { return side.path ? of(*side.path) : Needs(); }

  const Program& program_;
};

}  // namespace

std::vector<std::string> required_names(const Program& program) {
  Needs needs = Finder(program).of(program.path);
  return {needs.names.begin(), needs.names.end()};
}

}  // namespace aorta::expr::json_path
