#include "core/expr/jmes_path/explain.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "core/expr/jmes_path/evaluator.hpp"
#include "core/expr/jmes_path/render.hpp"

namespace aorta::expr::jmes_path {
namespace {

using document::Child;
using document::Children;
using document::Kind;
using document::Node;
using Cause = NearMiss::Cause;
using Nodes = std::vector<const Node*>;

bool gives_nothing(const Value& value) {
  return value.is_projection() ? value.items().empty() : value.token()->kind == Kind::Null;
}

// The tokens of a value, those of nested projections too, as far as they are shown.
void collect(const Value& value, Nodes& out) {
  if (value.token() && out.size() < kCandidates) out.push_back(value.token());
  for (const Value& item : value.items()) {
    if (out.size() < kCandidates) collect(item, out);
  }
}

}  // namespace

// Evaluates the parts of an expression with one evaluator and looks for the first that gives nothing.
class NearMissFinder {
 public:
  NearMissFinder(const Program& program, Arena& arena) : program_(program), evaluator_(program, arena) {}

  // Why `step` gives nothing, or something false, on `token`.
  std::optional<NearMiss> find(const Step& step, const Node& token, bool truth) {
    Value value = evaluator_.evaluate(step, token);
    if (value.failed() || !(truth ? is_falsy(value) : gives_nothing(value))) return std::nullopt;
    switch (step.op) {
      case Op::Path:
        return of_path(step, token, truth);
      case Op::Pipe:
        return of_pipe(step, token, truth);
      case Op::And:
        return of_and(step, token, truth);
      case Op::Or:
        return of_or(step, token, truth);
      case Op::Call:
        return of_call(step, token, value);
      case Op::Equal:
      case Op::NotEqual:
      case Op::Less:
      case Op::LessEqual:
      case Op::Greater:
      case Op::GreaterEqual:
        return of_comparison(step, token);
      default:
        return of_step(step, {&token}, value);
    }
  }

 private:
  const Step& first(const Step& step) const { return program_.steps[step.first]; }
  const Step& second(const Step& step) const { return program_.steps[first(step).next]; }

  std::optional<NearMiss> of_path(const Step& path, const Node& token, bool truth) {
    const Step* at = &first(path);
    Value before = &token;
    Value value = evaluator_.evaluate(*at, token);
    std::size_t steps = 0;
    while (!value.failed() && !gives_nothing(value) && at->next != kNoStep) {
      before = value;
      at = &program_.steps[at->next];
      value = evaluator_.apply(*at, before);
      ++steps;
    }
    if (value.failed()) return std::nullopt;
    if (truth && !gives_nothing(value)) return falsy(path, value, token);
    Nodes reached;
    collect(before, reached);
    if (reached.empty()) return std::nullopt;
    NearMiss miss = of_step(*at, reached, value);
    miss.held = steps == 0 ? "@" : text_of_first(program_, path, steps);
    miss.score += kScoreStep * steps;
    return miss;
  }

  std::optional<NearMiss> of_pipe(const Step& step, const Node& token, bool truth) {
    const Node* left = evaluator_.token_of(first(step), token);
    if (!left) return std::nullopt;
    if (auto miss = find(first(step), token, false)) return miss;
    auto miss = find(second(step), *left, truth);
    if (miss) miss->score += kScoreStep;
    return miss;
  }

  std::optional<NearMiss> of_and(const Step& step, const Node& token, bool truth) {
    if (auto miss = find(first(step), token, true)) return miss;
    auto miss = find(second(step), token, truth);
    if (miss) miss->score += kScoreHeld;
    return miss;
  }

  std::optional<NearMiss> of_or(const Step& step, const Node& token, bool truth) {
    auto a = find(first(step), token, true);
    auto b = find(second(step), token, truth);
    return b && (!a || nearer(*b, *a)) ? b : a;
  }

  // A call of something that is not there.
  std::optional<NearMiss> of_call(const Step& step, const Node& token, const Value& value) {
    const Step* at = step.first == kNoStep ? nullptr : &first(step);
    for (; at; at = at->next == kNoStep ? nullptr : &program_.steps[at->next]) {
      if (at->reference) continue;
      if (auto miss = find(*at, token, false)) return miss;
    }
    return of_step(step, {&token}, value);
  }

  std::optional<NearMiss> of_comparison(const Step& step, const Node& token) {
    const Node* left = evaluator_.token_of(first(step), token);
    const Node* right = evaluator_.token_of(second(step), token);
    if (!left || !right) return std::nullopt;
    if (auto miss = find(first(step), token, false); miss && miss->cause != Cause::Unknown) return miss;
    NearMiss miss{.cause = Cause::Comparison, .at = &token, .left = left, .right = right};
    miss.condition = miss.broke = text_of(program_, step);
    miss.score = kScoreCompared;
    return miss;
  }

  NearMiss falsy(const Step& step, const Value& value, const Node& token) {
    NearMiss miss{
        .cause = Cause::Falsy, .broke = text_of(program_, step), .at = &token, .condition = text_of(program_, step)};
    miss.left = evaluator_.to_token(value);
    miss.score = kScoreCompared;
    return miss;
  }

  // Why `step` gave `value`, nothing, on all that was reached.
  NearMiss of_step(const Step& step, Nodes reached, const Value& value) {
    NearMiss miss = cause_of(step, reached, value);
    miss.broke = miss.broke.empty() ? text_of(program_, step) : miss.broke;
    miss.held = miss.held.empty() ? "@" : miss.held;
    reached.resize(std::min(reached.size(), kReachedShown));
    miss.reached = std::move(reached);
    return miss;
  }

  NearMiss cause_of(const Step& step, const Nodes& reached, const Value& value) {
    switch (step.op) {
      case Op::Name:
        return of_name(std::string(step.name.text()), reached);
      case Op::Filter:
        return of_filter(step, reached);
      case Op::Index:
      case Op::Slice:
      case Op::Elements:
      case Op::Flatten:
        return {.cause = has_array(reached) ? Cause::NoElement : Cause::WrongKind, .at = reached.front()};
      case Op::Members:
        return {.cause = Cause::WrongKind, .at = reached.front()};
      case Op::Not:
        return falsy(step, value, *reached.front());
      default:
        return {.at = reached.front()};
    }
  }

  static bool has_array(const Nodes& nodes) {
    return std::any_of(nodes.begin(), nodes.end(), [](const Node* n) { return n->kind == Kind::Array; });
  }

  static NearMiss of_name(const std::string& name, const Nodes& reached) {
    auto alike = std::find_if(reached.begin(), reached.end(), [&](const Node* n) { return has_alike(*n, name); });
    if (alike != reached.end()) return {.cause = Cause::NoMember, .at = *alike, .name = name, .score = kScoreAlike};
    auto object = std::find_if(reached.begin(), reached.end(), [](const Node* n) { return n->kind == Kind::Object; });
    if (object == reached.end()) return {.cause = Cause::WrongKind, .at = reached.front(), .name = name};
    return {.cause = Cause::NoMember, .at = *object, .name = name};
  }

  NearMiss of_filter(const Step& step, const Nodes& reached) {
    if (!has_array(reached)) return {.cause = Cause::WrongKind, .at = reached.front()};
    std::optional<NearMiss> best;
    std::size_t asked = 0;
    for (const Node* array : reached) {
      if (array->kind != Kind::Array) continue;
      for (Child c : Children(*array)) {
        if (++asked > kCandidates) break;
        auto miss = find(first(step), *c.node, true);
        if (miss && (!best || nearer(*miss, *best))) best = std::move(miss);
      }
    }
    if (!best) return {.cause = Cause::NoElement, .at = reached.front()};
    best->broke = text_of(program_, step);
    best->held.clear();
    return *best;
  }

  const Program& program_;
  Evaluator evaluator_;
};

std::optional<NearMiss> explain(const Program& program, const Node& root, Arena& arena) {
  return NearMissFinder(program, arena).find(program.steps[program.root], root, false);
}

}  // namespace aorta::expr::jmes_path
