#include "core/expr/jmes_path/evaluator.hpp"

#include <algorithm>
#include <array>

#include "core/document/document.hpp"
#include "core/expr/compare.hpp"
#include "core/expr/excerpt.hpp"
#include "core/expr/jmes_path/comparison.hpp"
#include "core/expr/jmes_path/functions.hpp"
#include "core/expr/jmes_path/lexer.hpp"

namespace aorta::expr::jmes_path {
namespace {

using document::Child;
using document::Children;
using document::Kind;
using document::Link;
using document::Node;

const Node kMissing{};
const Node kPresentNull{};

const Node* named(const Step& step, const Node& token) {
  const Node* found = step.name.in(token);
  return found ? found : &kMissing;
}

// Items of a projection under construction: room for so many in the arena, of which some are used.
class Items {
 public:
  Items(Arena& arena, std::size_t room) : room_(arena.make_array<Value>(room)) {}
  void add(const Value& item) { room_[count_++] = item; }
  Value projection() const { return Value::project(room_.first(count_)); }

 private:
  std::span<Value> room_;
  std::size_t count_ = 0;
};

// Elements of an array, without its nulls.
void add_non_null(Items& items, const Node& array) {
  for (Child c : Children(array)) {
    if (c.node->kind != Kind::Null) items.add(c.node);
  }
}

std::size_t flattened_size(const Node& array) {
  std::size_t size = 0;
  for (Child c : Children(array)) size += c.node->kind == Kind::Array ? c.node->count : 1;
  return size;
}

// A slice's bounds against an array; as in the reference only negative ones are moved, and steps that fall outside the
// array give nothing.
struct Range {
  std::int64_t start, stop, step;

  Range(const Slice& slice, std::int64_t length) : step(slice.step.value_or(1)) {
    auto placed = [length](std::int64_t bound) { return bound < 0 ? length + bound : bound; };
    start = slice.start ? placed(*slice.start) : step > 0 ? 0 : length - 1;
    stop = slice.stop ? placed(*slice.stop) : step > 0 ? length : -1;
    enter(length);
    stop = std::clamp(stop, std::int64_t{-1}, length);
  }

  bool holds(std::int64_t index) const { return step > 0 ? index < stop : index > stop; }

 private:
  // Goes over steps before the array at once.
  void enter(std::int64_t length) {
    if (step > 0 && start < 0) start += (-start + step - 1) / step * step;
    if (step < 0 && start >= length) start += (start - length + -step) / -step * step;
  }
};

}  // namespace

const Node* missing() { return &kMissing; }
const Node* present(const Node* token) { return token == &kMissing ? &kPresentNull : token; }

const Node* make_container(Arena& arena, Kind kind, std::span<const Link> links) {
  Node* node = arena.make<Node>();
  node->kind = kind;
  node->linked = true;
  node->count = static_cast<std::uint32_t>(links.size());
  node->links = links.data();
  return node;
}

bool is_falsy(const Node& token) {
  switch (token.kind) {
    case Kind::Null:
      return true;
    case Kind::Boolean:
      return !token.boolean;
    case Kind::String:
      return token.text_size == 0;
    case Kind::Array:
    case Kind::Object:
      return token.count == 0;
    default:
      return false;
  }
}

bool is_falsy(const Value& value) { return value.is_projection() ? value.items().empty() : is_falsy(*value.token()); }

std::uint64_t weight(const Node& token, std::uint64_t limit) {
  if (!token.is_container() || !token.linked) return token.span;
  std::uint64_t sum = 1;
  for (Child c : Children(token)) {
    if (sum >= limit) break;
    sum += weight(*c.node, limit - sum);
  }
  return sum;
}

bool Evaluator::out_of_steps() {
  left_ = 0;
  error_ = Error(
      "expression-too-costly", "JMESPath " + excerpt(program_.text) + ": takes more than " + std::to_string(kMaxSteps) +
                                   " steps on this message; make the expression simpler"
  );
  return false;
}

Value Evaluator::fail(const Step& step, std::string_view cause) {
  error_ = located("expression-failed", program_.text, step.offset, cause);
  return {};
}

const Node* Evaluator::token_of(const Step& step, const Node& token) {
  if (step.op == Op::Value) return spend(1) ? step.value : nullptr;
  if (!step.is_of_names) return to_token(evaluate(step, token));
  // A null on the way is the value.
  const Node* node = &token;
  for (const Step* at = &child(step);; at = &sibling(*at)) {
    if (!spend(1)) return nullptr;
    node = named(*at, *node);
    if (node->kind == Kind::Null || at->next == kNoStep) return node;
  }
}

const Node* Evaluator::to_token(const Value& value) {
  if (!value.is_projection()) return value.token();
  std::span<const Value> items = value.items();
  if (!spend(items.size())) return nullptr;
  std::span<Link> links = arena_.make_array<Link>(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Node* item = to_token(items[i]);
    if (!item) return nullptr;
    links[i].value = present(item);
  }
  return make_container(arena_, Kind::Array, links);
}

Value Evaluator::apply(const Step& step, const Value& value) {
  if (!value.is_projection()) return evaluate(step, *value.token());
  if (step.op != Op::Flatten) return map_items(step, value);
  const Node* token = to_token(value);
  return token ? flatten(*token) : Value();
}

Value Evaluator::map_items(const Step& step, const Value& value) {
  Items items(arena_, value.items().size());
  for (const Value& projected : value.items()) {
    Value item = apply(step, projected);
    if (item.failed()) return item;
    if (item.token() != &kMissing) items.add(item);
  }
  return items.projection();
}

Value Evaluator::evaluate(const Step& step, const Node& token) {
  if (!spend(1)) return {};
  switch (step.op) {
    case Op::Current:
      return &token;
    case Op::Name:
      return named(step, token);
    case Op::Index:
      return element(step, token);
    case Op::Slice:
      return slice(step, token);
    case Op::Elements:
      return elements(token);
    case Op::Members:
      return members(token);
    case Op::Flatten:
      return flatten(token);
    case Op::Filter:
      return filter(step, token);
    case Op::Path:
      return path(step, token);
    case Op::Pipe:
      return pipe(step, token);
    case Op::Or:
    case Op::And:
      return either(step, token);
    case Op::Not:
      return negation(step, token);
    case Op::List:
      return list(step, token);
    case Op::Hash:
      return hash(step, token);
    case Op::Value:
      return step.value;
    case Op::Call:
      return call(step, token);
    default:
      return comparison(step, token);
  }
}

// A null on the way ends the path, and is its value.
Value Evaluator::path(const Step& step, const Node& token) {
  if (step.is_of_names) return token_of(step, token);
  const Step* at = &child(step);
  Value value = evaluate(*at, token);
  while (at->next != kNoStep) {
    if (value.failed() || (!value.is_projection() && value.token()->kind == Kind::Null)) return value;
    at = &sibling(*at);
    value = apply(*at, value);
  }
  return value;
}

Value Evaluator::pipe(const Step& step, const Node& token) {
  const Node* left = token_of(child(step), token);
  return left ? evaluate(sibling(child(step)), *left) : Value();
}

Value Evaluator::either(const Step& step, const Node& token) {
  Value left = evaluate(child(step), token);
  if (left.failed()) return left;
  bool falsy = is_falsy(left);
  bool decided = step.op == Op::And ? falsy : !falsy;
  return decided ? left : evaluate(sibling(child(step)), token);
}

Value Evaluator::negation(const Step& step, const Node& token) {
  Value operand = evaluate(child(step), token);
  if (operand.failed()) return operand;
  return document::make_boolean(is_falsy(operand));
}

Value Evaluator::comparison(const Step& step, const Node& token) {
  const Node* left = token_of(child(step), token);
  if (!left) return {};
  const Node* right = token_of(sibling(child(step)), token);
  if (!right || !spend(std::min(weight(*left, kMaxSteps), weight(*right, kMaxSteps)))) return {};
  if (step.op == Op::Equal) return document::make_boolean(deep_equal(*left, *right));
  if (step.op == Op::NotEqual) return document::make_boolean(!deep_equal(*left, *right));
  std::optional<bool> holds = in_order(step.op, *left, *right, arena_);
  return holds ? document::make_boolean(*holds) : &kMissing;
}

Value Evaluator::list(const Step& step, const Node& token) {
  std::span<Link> links = arena_.make_array<Link>(step.count);
  const Step* at = &child(step);
  for (Link& link : links) {
    const Node* item = token_of(*at, token);
    if (!item) return {};
    link.value = present(item);
    if (at->next != kNoStep) at = &sibling(*at);
  }
  return make_container(arena_, Kind::Array, links);
}

Value Evaluator::hash(const Step& step, const Node& token) {
  std::span<Link> links = arena_.make_array<Link>(step.count);
  const Step* at = &child(step);
  for (Link& link : links) {
    const Node* member = token_of(*at, token);
    if (!member) return {};
    link = {at->key.data(), static_cast<std::uint32_t>(at->key.size()), present(member)};
    if (at->next != kNoStep) at = &sibling(*at);
  }
  return make_container(arena_, Kind::Object, links);
}

Value Evaluator::call(const Step& step, const Node& token) {
  bool of_two = step.function->on_wholes && !child(step).reference && !sibling(child(step)).reference;
  return of_two ? call_on_two(step, token) : call_any(step, token);
}

// Arithmetic, mostly on two whole numbers.
Value Evaluator::call_on_two(const Step& step, const Node& token) {
  const Node* left = token_of(child(step), token);
  const Node* right = left ? token_of(sibling(child(step)), token) : nullptr;
  if (!right) return {};
  if (left->kind == Kind::Integer && right->kind == Kind::Integer)
    return document::make_integer(arena_, step.function->on_wholes(left->integer, right->integer));
  const std::array<Argument, 2> both{Argument{left, nullptr}, Argument{right, nullptr}};
  return run_function(*this, step, both);
}

Value Evaluator::call_any(const Step& step, const Node& token) {
  std::array<Argument, 4> few;
  std::span<Argument> arguments =
      step.count <= few.size() ? std::span(few).first(step.count) : arena_.make_array<Argument>(step.count);
  const Step* at = &child(step);
  for (Argument& argument : arguments) {
    if (at->reference) {
      argument.reference = at;
    } else if (!(argument.token = token_of(*at, token))) {
      return {};
    }
    if (at->next != kNoStep) at = &sibling(*at);
  }
  return run_function(*this, step, arguments);
}

Value Evaluator::element(const Step& step, const Node& token) {
  if (token.kind != Kind::Array) return &kMissing;
  std::int64_t index = step.index < 0 ? std::int64_t{token.count} + step.index : step.index;
  if (index < 0 || index >= token.count) return &kMissing;
  return document::element(token, static_cast<std::uint32_t>(index));
}

Value Evaluator::elements(const Node& token) {
  if (token.kind != Kind::Array) return &kMissing;
  Items items(arena_, token.count);
  add_non_null(items, token);
  return spend(token.count) ? items.projection() : Value();
}

Value Evaluator::members(const Node& token) {
  if (token.kind != Kind::Object) return &kMissing;
  Items items(arena_, token.count);
  for (Child c : Children(token)) items.add(c.node);
  return spend(token.count) ? items.projection() : Value();
}

Value Evaluator::flatten(const Node& token) {
  if (token.kind != Kind::Array) return &kMissing;
  std::size_t size = flattened_size(token);
  if (!spend(size)) return {};
  Items items(arena_, size);
  for (Child c : Children(token)) {
    if (c.node->kind == Kind::Array) {
      add_non_null(items, *c.node);
    } else if (c.node->kind != Kind::Null) {
      items.add(c.node);
    }
  }
  return items.projection();
}

Value Evaluator::filter(const Step& step, const Node& token) {
  if (token.kind != Kind::Array) return &kMissing;
  Items items(arena_, token.count);
  for (Child c : Children(token)) {
    Value verdict = evaluate(child(step), *c.node);
    if (verdict.failed()) return verdict;
    if (!is_falsy(verdict)) items.add(c.node);
  }
  return items.projection();
}

Value Evaluator::slice(const Step& step, const Node& token) {
  if (token.kind != Kind::Array) return &kMissing;
  if (!spend(token.count)) return {};
  std::span<const Node*> elements = arena_.make_array<const Node*>(token.count);
  std::size_t n = 0;
  for (Child c : Children(token)) elements[n++] = c.node;
  Items items(arena_, token.count);
  Range range(step.slice, token.count);
  for (std::int64_t i = range.start; range.holds(i); i += range.step) {
    if (i >= 0 && i < token.count) items.add(elements[static_cast<std::size_t>(i)]);
  }
  return items.projection();
}

}  // namespace aorta::expr::jmes_path
