#include "core/expr/jmes_path/required_names.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "core/expr/jmes_path/functions.hpp"

namespace aorta::expr::jmes_path {
namespace {

using Names = std::set<std::string_view>;

Names both(Names a, const Names& b) {
  a.insert(b.begin(), b.end());
  return a;
}

Names common(const Names& a, const Names& b) {
  Names out;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(out, out.end()));
  return out;
}

// All but these may refuse their arguments.
bool never_fails(const Function& function) { return function.run == not_null || function.run == to_array; }

class Requirements {
 public:
  explicit Requirements(const Program& program) : program_(program) {}

  // Without one of these the step gives null or an empty projection.
  Names for_something(const Step& step) const {
    switch (step.op) {
      case Op::Name:
        return {step.name.text()};
      case Op::Path:
        return along(step);
      case Op::Pipe:
        return through(first(step), second(step));
      case Op::And:
        return may_fail(first(step)) ? Names() : for_something(first(step));
      case Op::Or:
        return may_fail(step) ? Names() : common(for_something(first(step)), for_something(second(step)));
      case Op::Filter:
        return for_truth(first(step));
      default:
        return {};
    }
  }

 private:
  // Without one of these the step gives something false.
  Names for_truth(const Step& step) const {
    if (may_fail(step)) return {};
    switch (step.op) {
      case Op::And:
        return both(for_truth(first(step)), for_truth(second(step)));
      case Op::Or:
        return common(for_truth(first(step)), for_truth(second(step)));
      case Op::Equal:
      case Op::Less:
      case Op::LessEqual:
      case Op::Greater:
      case Op::GreaterEqual:
        return both(
            for_comparison(step.op, first(step), second(step)), for_comparison(step.op, second(step), first(step))
        );
      default:
        return for_something(step);
    }
  }

  // A null or [] equals no other literal, and has no order beside a number.
  Names for_comparison(Op op, const Step& side, const Step& other) const {
    if (other.op != Op::Value) return {};
    bool nothing_like = other.value->kind != document::Kind::Null && other.value->kind != document::Kind::Array;
    return (op == Op::Equal ? nothing_like : other.value->is_number()) ? for_something(side) : Names();
  }

  // Projections within a projection remain, if empty, as empty arrays; only on the first level is nothing left of what
  // is missing.
  Names along(const Step& path) const {
    Names names;
    int level = 0;
    for (const Step* at = &first(path);; at = &program_.steps[at->next]) {
      if (may_fail(*at)) break;
      if (level == 0 || (level == 1 && at->op == Op::Name)) names.merge(for_something(*at));
      level = level_behind(*at, level);
      if (at->next == kNoStep) break;
    }
    return names;
  }

  static int level_behind(const Step& step, int level) {
    constexpr int kUnknown = 2;
    if (step.op == Op::Flatten) return 1;
    if (is_projection(step.op)) return std::min(level + 1, kUnknown);
    bool plain = step.op == Op::Name || step.op == Op::Index || step.op == Op::Current || step.op == Op::Call ||
                 step.op == Op::List || step.op == Op::Hash || step.op == Op::Value;
    return plain ? level : kUnknown;
  }

  Names through(const Step& left, const Step& right) const {
    if (may_fail(left)) return {};
    Names names = for_something(right);
    if (makes_nothing_of_nothing(right)) names.merge(for_something(left));
    return names;
  }

  // Null and [] lead to null or an empty projection.
  bool makes_nothing_of_nothing(const Step& step) const {
    const Step& start = step.op == Op::Path ? first(step) : step;
    return start.op == Op::Name || start.op == Op::Index || is_projection(start.op);
  }

  bool may_fail(const Step& step) const {
    if (step.op == Op::Call && !never_fails(*step.function)) return true;
    for (StepId i = step.first; i != kNoStep; i = program_.steps[i].next) {
      if (program_.steps[i].reference || may_fail(program_.steps[i])) return true;
    }
    return false;
  }

  const Step& first(const Step& step) const { return program_.steps[step.first]; }
  const Step& second(const Step& step) const { return program_.steps[first(step).next]; }

  const Program& program_;
};

}  // namespace

std::vector<std::string> required_names(const Program& program) {
  Names names = Requirements(program).for_something(program.steps[program.root]);
  return {names.begin(), names.end()};
}

}  // namespace aorta::expr::jmes_path
