#include "core/expr/json_path/explain.hpp"

#include <algorithm>
#include <vector>

#include "core/expr/json_path/evaluator.hpp"
#include "core/expr/json_path/render.hpp"

namespace aorta::expr::json_path {

using document::Child;
using document::Children;
using document::Kind;
using document::Node;
using Nodes = std::vector<const Node*>;
using Cause = NearMiss::Cause;

// Evaluates ever longer parts of a path, and the conditions of its filters one by one, with one evaluator, so that
// explaining is bounded as evaluating is.
class NearMissFinder {
 public:
  NearMissFinder(const Program& program, const Node& root, Arena& arena)
      : program_(program), root_(root), evaluator_(program, root, arena, stack_) {}

  std::optional<NearMiss> find(const Path& path, const Node& from, char start) {
    Nodes reached{&from};
    for (std::size_t i = 0; i < path.steps.size(); ++i) {
      Nodes next = select(path, i + 1, from);
      if (failed_) return std::nullopt;
      if (next.empty()) return broken_at(path, i, std::move(reached), start);
      reached = std::move(next);
    }
    return std::nullopt;
  }

 private:
  struct Collect final : Sink {
    explicit Collect(Evaluator& e) : evaluator(e) {}
    Flow take(const Node& node) override {
      found.push_back(evaluator.keep(node));
      return found.size() < kCandidates ? Flow::Go : Flow::Stop;
    }
    Evaluator& evaluator;
    Nodes found;
  };

  Nodes select(const Path& path, std::size_t steps, const Node& from) {
    Path part = path;
    part.steps.resize(steps);
    part.route.reset();  // it leads along all steps
    return collect([&](Sink& sink) { return evaluator_.walk(part, from, sink); });
  }

  template <class Walk>
  Nodes collect(Walk walk) {
    Collect all(evaluator_);
    if (walk(all) == Flow::Fail) failed_ = true;
    return std::move(all.found);
  }

  NearMiss broken_at(const Path& path, std::size_t index, Nodes reached, char start) {
    const Step& step = path.steps[index];
    NearMiss miss = of_step(step, reached);
    miss.held = text_of(program_, path, index, start);
    miss.broke = text_of(program_, step);
    miss.score += kScoreStep * index;
    reached.resize(std::min(reached.size(), kReachedShown));
    miss.reached = std::move(reached);
    return miss;
  }

  NearMiss of_step(const Step& step, const Nodes& reached) {
    switch (step.kind) {
      case Step::Kind::Member:
      case Step::Kind::Members:
        return of_member(step, reached);
      case Step::Kind::ScanMember:
      case Step::Kind::ScanMembers:
        return {.cause = Cause::NoMember, .at = reached.front(), .name = step.names.front(), .scan = true};
      case Step::Kind::Filter:
        return of_filter(step, children_of(reached), reached);
      case Step::Kind::ScanFilter:
        return of_filter(step, below(reached), reached);
      case Step::Kind::AnyMember:
        return {.cause = Cause::WrongKind, .at = reached.front()};
      case Step::Kind::ScanAny:
        return {.at = reached.front()};
      default:
        return {.cause = Cause::NoElement, .at = reached.front()};
    }
  }

  static NearMiss of_member(const Step& step, const Nodes& reached) {
    const std::string& name = step.names.front();
    auto is_object = [](const Node* n) { return n->kind == Kind::Object; };
    auto alike = std::find_if(reached.begin(), reached.end(), [&](const Node* n) { return has_alike(*n, name); });
    if (alike != reached.end()) return {.cause = Cause::NoMember, .at = *alike, .name = name, .score = kScoreAlike};
    auto object = std::find_if(reached.begin(), reached.end(), is_object);
    if (object == reached.end()) return {.cause = Cause::WrongKind, .at = reached.front(), .name = name};
    return {.cause = Cause::NoMember, .at = *object, .name = name};
  }

  // Filters ------------------------------------------------------------------------------------------------------
  static Nodes children_of(const Nodes& reached) {
    Nodes out;
    for (const Node* node : reached) {
      for (Child c : Children(*node)) {
        if (out.size() < kCandidates) out.push_back(c.node);
      }
    }
    return out;
  }

  Nodes below(const Nodes& reached) {
    Path all;
    all.steps.emplace_back().kind = Step::Kind::ScanAny;
    Nodes out;
    for (const Node* node : reached) {
      Nodes some = collect([&](Sink& sink) { return evaluator_.walk(all, *node, sink); });
      out.insert(out.end(), some.begin(), some.end());
    }
    return out;
  }

  NearMiss of_filter(const Step& step, const Nodes& candidates, const Nodes& reached) {
    const Predicate& predicate = *program_.predicates[step.predicate];
    if (step.kind == Step::Kind::Filter) {
      if (const Node* meant = object_that_holds(predicate, reached)) return {.cause = Cause::TestsMembers, .at = meant};
    }
    std::optional<NearMiss> best;
    for (const Node* candidate : candidates) {
      std::optional<NearMiss> miss = of_predicate(predicate, *candidate);
      if (miss && (!best || nearer(*miss, *best))) best = std::move(miss);
      if (failed_) break;
    }
    if (!best) return {.cause = Cause::NoElement, .at = reached.front()};
    bool nowhere = step.kind == Step::Kind::ScanFilter && best->cause == Cause::NoMember && best->score == 0;
    if (nowhere) {
      best->scan = true;
      best->at = reached.front();
    }
    return *best;
  }

  // An object that a filter on it does not test, as it tests the members, but which would hold.
  const Node* object_that_holds(const Predicate& predicate, const Nodes& reached) {
    for (const Node* node : reached) {
      if (node->kind == Kind::Object && evaluator_.test(predicate, *node) == Flow::Stop) return node;
    }
    return nullptr;
  }

  // The first condition that does not hold, scored by those that do.
  std::optional<NearMiss> of_predicate(const Predicate& predicate, const Node& node) {
    std::optional<NearMiss> first;
    std::size_t held = 0;
    for (const Test& test : predicate.tests) {
      const Term& term = *predicate.terms[test.term];
      Flow flow = evaluator_.test(term, node);
      if (flow == Flow::Fail) failed_ = true;
      if (failed_) return std::nullopt;
      if (flow == Flow::Stop) {
        ++held;
      } else if (!first) {
        first = of_term(term, node);
      }
    }
    if (first) first->score += kScoreHeld * held;
    return first;
  }

  NearMiss of_term(const Term& term, const Node& node) {
    std::optional<NearMiss> missing = of_side(term.left, node);
    if (!missing && term.op != Operator::Exists) missing = of_side(term.right, node);
    NearMiss miss = missing ? std::move(*missing) : of_comparison(term, node);
    if (!miss.at) miss.at = &node;
    return miss;
  }

  std::optional<NearMiss> of_side(const Side& side, const Node& node) {
    if (!side.path) return std::nullopt;
    bool from_root = side.path->from_root;
    return find(*side.path, from_root ? root_ : node, from_root ? '$' : '@');
  }

  NearMiss of_comparison(const Term& term, const Node& node) {
    Nodes left = collect([&](Sink& sink) { return evaluator_.results(term.left, node, sink); });
    Nodes right = collect([&](Sink& sink) { return evaluator_.results(term.right, node, sink); });
    NearMiss miss{.cause = Cause::Comparison, .at = &node, .condition = text_of(program_, term)};
    if (!left.empty()) miss.left = left.front();
    if (!right.empty()) miss.right = right.front();
    miss.score = kScoreCompared;
    return miss;
  }

  const Program& program_;
  const Node& root_;
  Nodes stack_;
  Evaluator evaluator_;
  bool failed_ = false;
};

std::optional<NearMiss> explain(const Program& program, const Node& root, Arena& arena) {
  return NearMissFinder(program, root, arena).find(program.path, root, '$');
}

}  // namespace aorta::expr::json_path
