// Runs a program over document nodes (device-mapping spec 8.2, "Evaluation"). Nothing is copied: values point to nodes
// of the document, of the program's literals, or of the arena.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/base/arena.hpp"
#include "core/base/result.hpp"
#include "core/document/node.hpp"
#include "core/expr/jmes_path/program.hpp"

namespace aorta::expr::jmes_path {

// What a step gives: one token, or a projection, whose items may be projections again. Without either the evaluation
// has failed.
// Small enough to be returned in registers.
class Value {
 public:
  Value() = default;
  Value(const document::Node* token) : at_(token) {}  // NOLINT: a token is a value
  static Value project(std::span<const Value> items) {
    Value out;
    out.at_ = items.data();
    out.count_ = static_cast<std::uint32_t>(items.size());
    out.is_projection_ = true;
    return out;
  }

  bool is_projection() const { return is_projection_; }
  bool failed() const { return !is_projection_ && at_ == nullptr; }
  const document::Node* token() const { return is_projection_ ? nullptr : static_cast<const document::Node*>(at_); }
  // Of a projection; else none.
  std::span<const Value> items() const { return {is_projection_ ? static_cast<const Value*>(at_) : nullptr, count_}; }

 private:
  const void* at_ = nullptr;  // the token, or the first item
  std::uint32_t count_ = 0;
  bool is_projection_ = false;
};
static_assert(sizeof(Value) <= 16);

// The null that stands for "missing". A projection drops it, but keeps nulls found in the data; that is why it is told
// apart by address.
const document::Node* missing();
// The token as it may stand in an array or object: a null of its own for what is missing.
const document::Node* present(const document::Node* token);

// An array or object over `links`, which must live in the arena and are not copied.
const document::Node* make_container(Arena& arena, document::Kind kind, std::span<const document::Link> links);

// null, false, "", [] and {}. 0 is true.
bool is_falsy(const document::Node& token);
// The same of a projection without items; of a value that has not failed.
bool is_falsy(const Value& value);

// What one evaluation may cost, in steps and visited tokens; the slowest reach it within seconds.
inline constexpr std::uint64_t kMaxSteps = 10'000'000;

// One evaluation. Once it has failed every value is a failed one, and error() says why.
class Evaluator {
 public:
  Evaluator(const Program& program, Arena& arena) : program_(program), arena_(arena) {}

  Value run(const document::Node& root) { return evaluate(program_.steps[program_.root], root); }
  Error error() const { return error_; }

  // As a token: a projection becomes an array. nullptr for a failed value.
  const document::Node* to_token(const Value& value);
  const document::Node* token_of(const Step& step, const document::Node& token);

  Arena& arena() { return arena_; }
  bool spend(std::uint64_t steps) {
    if (steps > left_) return out_of_steps();
    left_ -= steps;
    return true;
  }
  // Error reason "expression-failed".
  Value fail(const Step& step, std::string_view cause);

 private:
  friend class NearMissFinder;  // explain.cpp

  bool out_of_steps();
  Value evaluate(const Step& step, const document::Node& token);
  // `step` on a token, or on each item of a projection.
  Value apply(const Step& step, const Value& value);
  Value map_items(const Step& step, const Value& value);

  Value path(const Step& step, const document::Node& token);
  Value pipe(const Step& step, const document::Node& token);
  Value either(const Step& step, const document::Node& token);
  Value negation(const Step& step, const document::Node& token);
  Value comparison(const Step& step, const document::Node& token);
  Value list(const Step& step, const document::Node& token);
  Value hash(const Step& step, const document::Node& token);
  Value call(const Step& step, const document::Node& token);
  Value call_on_two(const Step& step, const document::Node& token);
  Value call_any(const Step& step, const document::Node& token);

  Value element(const Step& step, const document::Node& token);
  Value elements(const document::Node& token);
  Value members(const document::Node& token);
  Value flatten(const document::Node& token);
  Value filter(const Step& step, const document::Node& token);
  Value slice(const Step& step, const document::Node& token);

  const Step& child(const Step& step) const { return program_.steps[step.first]; }
  const Step& sibling(const Step& step) const { return program_.steps[step.next]; }

  const Program& program_;
  Arena& arena_;
  std::uint64_t left_ = kMaxSteps;
  Error error_;
};

// How many tokens `token` holds, itself included, as often as each stands in it; no further than `limit`. Computed
// containers may hold one token in many places, so that this is far more than what lies in memory.
std::uint64_t weight(const document::Node& token, std::uint64_t limit);

}  // namespace aorta::expr::jmes_path
