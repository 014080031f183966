#include "core/expr/json_path/evaluator.hpp"

#include <algorithm>

#include "core/document/document.hpp"

namespace aorta::expr::json_path {
namespace {

using document::Child;
using document::Children;
using document::Kind;
using document::Node;

constexpr std::uint64_t kFreeSteps = 4'000'000;
constexpr std::uint64_t kStepsPerNode = 256;
constexpr std::uint64_t kStepsPerResult = 16;
// Open steps that give several results, of a path and of all filters it stands in, and levels of linked nodes.
constexpr int kMaxDepth = 600;

bool is_list(const Node& node) { return node.kind == Kind::Array || node.kind == Kind::Constructor; }

// What has none may still be followed by nodes that are nobody's: a typed value stands where its object stood.
bool has_children(const Node& node) { return node.is_container() && node.count > 0; }

std::string_view name_of(const Node& node) { return {node.name, node.name_size}; }

// A member as the reference's filters see it, alive as long as the walk below it.
struct MemberNode {
  document::Link link;
  Node node;

  MemberNode(std::string_view name, const Node& value) {
    link.value = &value;
    node.kind = Kind::Property;
    node.linked = true;
    node.count = 1;
    node.text_data = name.data();
    node.text_size = static_cast<std::uint32_t>(name.size());
    node.links = &link;
  }
};

// Nodes below `root`, near enough: views made by expressions are counted one level deep.
std::uint64_t size_of(const Node& root) {
  if (!root.linked) return root.span;
  std::uint64_t size = 1;
  for (Child c : Children(root)) size += c.node->span;
  return size;
}

// What a slice means for an array of `count` elements, in the reference's 32-bit arithmetic: a step beyond the end
// wraps to a negative position, which then fails.
struct SliceRange {
  std::int32_t start, stop, step;

  SliceRange(const Slice& slice, std::int32_t count) : step(slice.step.value_or(1)) {
    bool forward = step > 0;
    start = slice.start.value_or(forward ? 0 : count - 1);
    stop = slice.end.value_or(forward ? count : -1);
    if (slice.start && start < 0) start += count;
    if (slice.end && stop < 0) stop += count;
    if (forward) start = std::max(start, 0);
    start = std::min(start, forward ? count : count - 1);
    stop = std::clamp(stop, -1, count);
  }
  bool includes(std::int32_t at) const { return step > 0 ? at < stop : at > stop; }
  std::int32_t after(std::int32_t at) const {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(at) + static_cast<std::uint32_t>(step));
  }
};

}  // namespace

Evaluator::Evaluator(const Program& program, const Node& root, Arena& arena, std::vector<const Node*>& stack)
    : program_(program),
      root_(&root),
      arena_(arena),
      stack_(stack),
      steps_(kFreeSteps + kStepsPerNode * size_of(root)) {}

Flow Evaluator::fail(std::size_t offset, std::string_view cause) {
  offset_ = offset;
  cause_ = cause;
  return Flow::Fail;
}

Flow Evaluator::out_of_steps() {
  steps_ = 0;
  too_costly_ = true;
  return fail(0, "it takes too many steps for a message of this size");
}

Flow Evaluator::too_deep() {
  too_costly_ = true;
  return fail(0, "too many of its steps give several results each");
}

const Node* Evaluator::keep(const Node& node) {
  if (node.kind != Kind::Property) return &node;
  return document::make_property(arena_, node.text(), *(*Children(node).begin()).node);
}

Flow Evaluator::walk(const Path& path, const Node& from, Sink& sink) {
  if (path.step_zero) return fail(*path.step_zero, "a slice can not have step 0");
  if (!path.route) return advance({&path, 0, &sink}, from);
  const Node* found = nullptr;
  if (follow(*path.route, from, found) == Flow::Fail) return Flow::Fail;
  if (!found) return Flow::Go;
  return spend(kStepsPerResult) ? sink.take(*found) : out_of_steps();
}

// At what the rest of the path is for; mostly nothing is left of it.
[[gnu::always_inline]] inline Flow Evaluator::arrive(const Place& rest, const Node& node) {
  if (rest.next < rest.path->steps.size()) return advance(rest, node);
  return spend(kStepsPerResult) ? rest.sink->take(node) : out_of_steps();
}

Flow Evaluator::advance(Place place, const Node& from) {
  const Node* node = &from;
  while (place.next < place.path->steps.size()) {
    const Step& step = place.path->steps[place.next++];
    if (step.kind != Step::Kind::Member && step.kind != Step::Kind::Element) {
      if (++depth_ > kMaxDepth) return too_deep();
      Flow flow = branch(step, place, *node);
      --depth_;
      return flow;
    }
    if (child(step, *node, node) == Flow::Fail) return Flow::Fail;
    if (!node) return Flow::Go;
  }
  return spend(kStepsPerResult) ? place.sink->take(*node) : out_of_steps();
}

Flow Evaluator::branch(const Step& step, Place rest, const Node& node) {
  switch (step.kind) {
    case Step::Kind::AnyMember:
      return node.kind == Kind::Object ? each_child(rest, node) : Flow::Go;
    case Step::Kind::Members:
      return named_members(step, rest, node);
    case Step::Kind::ScanAny:
      return scan_any(rest, node);
    case Step::Kind::ScanMember:
    case Step::Kind::ScanMembers:
      return scan_names(step, rest, node);
    case Step::Kind::AnyElement:
      return is_list(node) ? each_child(rest, node) : Flow::Go;
    case Step::Kind::Elements:
      return listed_elements(step, rest, node);
    case Step::Kind::Slice:
      return slice(step, rest, node);
    case Step::Kind::Filter:
      return filter(step, rest, node);
    case Step::Kind::ScanFilter:
      return scan_filter(step, rest, node);
    case Step::Kind::Member:
    case Step::Kind::Element:
      break;
  }
  return Flow::Go;
}

Flow Evaluator::child(const Step& step, const Node& node, const Node*& found) {
  found = nullptr;
  if (step.kind == Step::Kind::Member) {
    if (node.kind != Kind::Object) return Flow::Go;
    if (!spend(1 + node.count)) return out_of_steps();
    found = document::member(node, step.names.front());
    return Flow::Go;
  }
  return is_list(node) ? element_at(step, step.positions.front(), node, found) : Flow::Go;
}

Flow Evaluator::element_at(const Step& step, std::int32_t position, const Node& node, const Node*& found) {
  if (position < 0) return fail(step.offset, "a single position can not be negative; write [-1:] for the last element");
  auto index = static_cast<std::uint32_t>(position);
  if (!spend(1 + std::min(node.count, index))) return out_of_steps();
  found = document::element(node, index);
  return Flow::Go;
}

Flow Evaluator::each_child(Place rest, const Node& node) {
  for (Child c : Children(node)) {
    if (Flow flow = visit(rest, *c.node); flow != Flow::Go) return flow;
  }
  return Flow::Go;
}

Flow Evaluator::visit(Place rest, const Node& node) {
  if (!spend(1)) return out_of_steps();
  return advance(rest, node);
}

Flow Evaluator::named_members(const Step& step, Place rest, const Node& node) {
  if (node.kind != Kind::Object) return Flow::Go;
  for (const std::string& name : step.names) {
    if (!spend(node.count)) return out_of_steps();
    const Node* found = document::member(node, name);
    if (!found) continue;
    if (Flow flow = visit(rest, *found); flow != Flow::Go) return flow;
  }
  return Flow::Go;
}

Flow Evaluator::listed_elements(const Step& step, Place rest, const Node& node) {
  if (!is_list(node)) return Flow::Go;
  for (std::int32_t position : step.positions) {
    const Node* found = nullptr;
    if (element_at(step, position, node, found) == Flow::Fail) return Flow::Fail;
    if (!found) continue;
    if (Flow flow = visit(rest, *found); flow != Flow::Go) return flow;
  }
  return Flow::Go;
}

Flow Evaluator::slice(const Step& step, Place rest, const Node& node) {
  if (node.kind != Kind::Array) return Flow::Go;
  SliceRange range(step.slice, static_cast<std::int32_t>(node.count));
  for (std::int32_t at = range.start; range.includes(at); at = range.after(at)) {
    const Node* found = nullptr;
    if (element_at(step, at, node, found) == Flow::Fail) return Flow::Fail;
    if (Flow flow = visit(rest, *found); flow != Flow::Go) return flow;
  }
  return Flow::Go;
}

// Preorder, members before their values; `each(name, is_member, value)`.
template <class Each>
Flow Evaluator::each_descendant(const Node& node, Each&& each) {
  if (node.linked) return each_linked_descendant(node, each);
  if (!has_children(node)) return Flow::Go;
  const Node* end = &node + node.span;
  for (const Node* below = &node + 1; below != end; below += has_children(*below) ? 1 : below->span) {
    if (steps_-- == 0) return out_of_steps();
    if (Flow flow = each(name_of(*below), below->name != nullptr, *below); flow != Flow::Go) return flow;
  }
  return Flow::Go;
}

template <class Each>
Flow Evaluator::each_linked_descendant(const Node& node, Each& each) {
  if (++depth_ > kMaxDepth) return too_deep();
  Flow flow = Flow::Go;
  for (Child c : Children(node)) {
    if (!spend(1)) return out_of_steps();
    flow = each(c.name, c.named && node.kind == Kind::Object, *c.node);
    if (flow == Flow::Go) flow = each_descendant(*c.node, each);
    if (flow != Flow::Go) break;
  }
  --depth_;
  return flow;
}

Flow Evaluator::scan_names(const Step& step, Place rest, const Node& node) {
  return each_descendant(node, [&](std::string_view name, bool is_member, const Node& value) {
    if (!is_member) return Flow::Go;
    for (const std::string& wanted : step.names) {
      if (name != wanted) continue;
      if (Flow flow = advance(rest, value); flow != Flow::Go) return flow;
    }
    return Flow::Go;
  });
}

Flow Evaluator::scan_any(Place rest, const Node& node) {
  if (Flow flow = visit(rest, node); flow != Flow::Go) return flow;
  return each_descendant(node, [&](std::string_view, bool, const Node& value) { return advance(rest, value); });
}

Flow Evaluator::filter(const Step& step, Place rest, const Node& node) {
  bool gives_members = node.kind == Kind::Object;
  const Predicate& predicate = *program_.predicates[step.predicate];
  if (gives_members && predicate.objects_only) return Flow::Go;
  for (Child c : Children(node)) {
    if (!spend(1)) return out_of_steps();
    Flow flow =
        gives_members ? offer(predicate, rest, MemberNode(c.name, *c.node).node) : offer(predicate, rest, *c.node);
    if (flow != Flow::Go) return flow;
  }
  return Flow::Go;
}

Flow Evaluator::scan_filter(const Step& step, Place rest, const Node& node) {
  const Predicate& predicate = *program_.predicates[step.predicate];
  if (Flow flow = offer(predicate, rest, node); flow != Flow::Go) return flow;
  if (predicate.objects_only && !node.linked) return offer_objects(predicate, rest, node);
  if (predicate.objects_only) {
    return each_descendant(node, [&](std::string_view, bool, const Node& value) {
      return value.kind == Kind::Object ? offer(predicate, rest, value) : Flow::Go;
    });
  }
  return each_descendant(node, [&](std::string_view name, bool is_member, const Node& value) {
    if (is_member) {
      if (Flow flow = offer(predicate, rest, MemberNode(name, value).node); flow != Flow::Go) return flow;
    }
    return offer(predicate, rest, value);
  });
}

// Of what is below a node on the tape; the nodes between objects are paid for when the next one is met.
Flow Evaluator::offer_objects(const Predicate& predicate, Place rest, const Node& node) {
  const Node* paid = &node;
  const Node* end = &node + node.span;
  for (const Node* below = &node + 1; below != end; ++below) {
    if (below->kind != Kind::Object) continue;
    if (!spend(static_cast<std::uint64_t>(below - paid))) return out_of_steps();
    paid = below;
    if (Flow flow = offer(predicate, rest, *below); flow != Flow::Go) return flow;
  }
  return spend(static_cast<std::uint64_t>(end - paid)) ? Flow::Go : out_of_steps();
}

Flow Evaluator::offer(const Predicate& predicate, Place rest, const Node& node) {
  if (predicate.exists) {
    const Node* found = nullptr;
    if (follow(*predicate.exists, node, found) == Flow::Fail) return Flow::Fail;
    return found ? arrive(rest, node) : Flow::Go;
  }
  Flow held = test(predicate, node);
  return held == Flow::Stop ? arrive(rest, node) : held;
}

}  // namespace aorta::expr::json_path
