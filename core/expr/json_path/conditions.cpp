#include "core/expr/json_path/evaluator.hpp"

namespace aorta::expr::json_path {
namespace {

using document::Node;

struct Exists final : Sink {
  Flow take(const Node&) override { return Flow::Stop; }
};

const Node& origin(const Path& path, const Node& tested, const Node& root) { return path.from_root ? root : tested; }
bool gives_one(const Side& side) { return !side.path || side.path->definite; }

std::string_view cause_of(Verdict verdict, const Term& term) {
  switch (verdict) {
    case Verdict::NotANumber:
      return "a text that is no number can not be compared with a number";
    case Verdict::NotABoolean:
      return "only the texts true and false can be compared with true and false";
    case Verdict::NotADate:
      return "a text that is no date can not be compared with a date";
    case Verdict::BadPattern:
      return term.pattern_fault.empty() ? "what stands right of =~ is no /pattern/"
                                        : std::string_view(term.pattern_fault);
    default:
      return "values of these kinds have no order";
  }
}

}  // namespace

// Compares each result of the left side, as it is found, with all results of the right side, which are gathered when
// the first left one is there: so the reference does, and only so the same expressions fail.
class Pairs final : public Sink {
 public:
  Pairs(Evaluator& evaluator, const Term& term, const Node& tested)
      : evaluator_(evaluator), term_(term), tested_(tested), first_(evaluator.stack_.size()), end_(first_) {}
  ~Pairs() { evaluator_.stack_.resize(first_); }
  Pairs(const Pairs&) = delete;
  Pairs& operator=(const Pairs&) = delete;

  Flow take(const Node& left) override {
    if (!gathered_ && gather() == Flow::Fail) return Flow::Fail;
    for (std::size_t i = first_; i < end_; ++i) {
      if (Flow flow = evaluator_.decide(term_, left, *evaluator_.stack_[i]); flow != Flow::Go) return flow;
    }
    return Flow::Go;
  }

 private:
  struct Gather final : Sink {
    explicit Gather(Evaluator& e) : evaluator(e) {}
    Flow take(const Node& node) override {
      evaluator.stack_.push_back(evaluator.keep(node));
      return Flow::Go;
    }
    Evaluator& evaluator;
  };

  Flow gather() {
    gathered_ = true;
    Gather all(evaluator_);
    Flow flow = evaluator_.results(term_.right, tested_, all);
    end_ = evaluator_.stack_.size();
    return flow;
  }

  Evaluator& evaluator_;
  const Term& term_;
  const Node& tested_;
  std::size_t first_, end_;
  bool gathered_ = false;
};

Flow Evaluator::test(const Predicate& predicate, const Node& node) {
  bool in_or = false;
  for (const Test& each : predicate.tests) {
    Flow flow = test(*predicate.terms[each.term], node);
    if (flow == Flow::Fail || (flow == Flow::Stop) == each.in_or) return flow;
    in_or = each.in_or;
  }
  return in_or ? Flow::Go : Flow::Stop;
}

Flow Evaluator::test(const Term& term, const Node& node) {
  if (term.objects_only && node.kind != document::Kind::Object) return Flow::Go;
  if (!spend(1)) return out_of_steps();
  if (term.op == Operator::Exists) return term.left.path ? test_exists(*term.left.path, node) : Flow::Stop;
  return gives_one(term.left) && gives_one(term.right) ? test_pair(term, node) : test_pairs(term, node);
}

Flow Evaluator::test_exists(const Path& path, const Node& node) {
  if (path.route) {
    const Node* found = nullptr;
    Flow flow = follow(*path.route, origin(path, node, *root_), found);
    return flow == Flow::Go && found ? Flow::Stop : flow;
  }
  Exists exists;
  return walk(path, origin(path, node, *root_), exists);
}

Flow Evaluator::test_pair(const Term& term, const Node& node) {
  const Node* left = nullptr;
  if (only(term.left, node, left) == Flow::Fail) return Flow::Fail;
  if (!left) return Flow::Go;
  const Node* right = nullptr;
  if (only(term.right, node, right) == Flow::Fail) return Flow::Fail;
  return right ? decide(term, *left, *right) : Flow::Go;
}

Flow Evaluator::test_pairs(const Term& term, const Node& node) {
  Pairs pairs(*this, term, node);
  return results(term.left, node, pairs);
}

Flow Evaluator::only(const Side& side, const Node& node, const Node*& found) {
  found = side.path ? &origin(*side.path, node, *root_) : &side.literal;
  if (!side.path) return Flow::Go;
  if (side.path->route) return follow(*side.path->route, *found, found);
  for (const Step& step : side.path->steps) {
    if (child(step, *found, found) == Flow::Fail) return Flow::Fail;
    if (!found) break;
  }
  return Flow::Go;
}

Flow Evaluator::results(const Side& side, const Node& node, Sink& sink) {
  return side.path ? walk(*side.path, origin(*side.path, node, *root_), sink) : sink.take(side.literal);
}

Flow Evaluator::decide(const Term& term, const Node& left, const Node& right) {
  Verdict verdict = holds(term, left, right, steps_);
  if (verdict == Verdict::TooCostly) return out_of_steps();
  if (is_failure(verdict)) return fail(term.offset, cause_of(verdict, term));
  return verdict == Verdict::Yes ? Flow::Stop : Flow::Go;
}

}  // namespace aorta::expr::json_path
