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
// Steps that fan out, of a path and of all filters it stands in, and levels of linked nodes.
constexpr int kMaxDepth = 600;

bool is_list(const Node& node) { return node.kind == Kind::Array || node.kind == Kind::Constructor; }

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

struct ExistsSink final : Sink {
  Flow take(const Node&) override { return Flow::Stop; }
};

}  // namespace

Evaluator::Evaluator(const Program& program, const Node& root, Arena& arena, std::vector<const Node*>& stack)
    : program_(program),
      root_(&root),
      arena_(arena),
      stack_(stack),
      steps_(kFreeSteps + kStepsPerNode * std::max(root.span, root.count)) {}

bool Evaluator::spend(std::uint64_t steps) {
  if (steps_ < steps) {
    steps_ = 0;
    return false;
  }
  steps_ -= steps;
  return true;
}

Flow Evaluator::fail(std::size_t offset, std::string_view cause) {
  offset_ = offset;
  cause_ = cause;
  return Flow::Fail;
}

Flow Evaluator::too_costly(std::string_view cause) {
  too_costly_ = true;
  return fail(0, cause);
}

const Node* Evaluator::keep(const Node& node) {
  if (node.kind != Kind::Property) return &node;
  return document::make_property(arena_, node.text(), *(*Children(node).begin()).node);
}

Flow Evaluator::walk(const Path& path, const Node& from, Sink& sink) {
  if (path.step_zero) return fail(*path.step_zero, "a slice can not have step 0");
  return advance({&path, 0, &sink}, from);
}

Flow Evaluator::advance(Place place, const Node& from) {
  const Node* node = &from;
  while (place.next < place.path->steps.size()) {
    const Step& step = place.path->steps[place.next++];
    if (step.kind != Step::Kind::Member && step.kind != Step::Kind::Element) {
      if (++depth_ > kMaxDepth) return too_costly("too many steps that give several results");
      Flow flow = branch(step, place, *node);
      --depth_;
      return flow;
    }
    if (child(step, *node, node) == Flow::Fail) return Flow::Fail;
    if (!node) return Flow::Go;
  }
  if (!spend(kStepsPerResult)) return too_costly("it takes too many steps for a message of this size");
  return place.sink->take(*node);
}

Flow Evaluator::branch(const Step& step, Place rest, const Node& node) {
  switch (step.kind) {
    case Step::Kind::AnyMember: return each_member(rest, node);
    case Step::Kind::Members: return named_members(step, rest, node);
    case Step::Kind::ScanAny: return scan_any(rest, node);
    case Step::Kind::ScanMember:
    case Step::Kind::ScanMembers: return scan_names(step, rest, node);
    case Step::Kind::AnyElement: return each_element(rest, node);
    case Step::Kind::Elements: return listed_elements(step, rest, node);
    case Step::Kind::Slice: return slice(step, rest, node);
    case Step::Kind::Filter: return filter(step, rest, node);
    case Step::Kind::ScanFilter: return scan_filter(step, rest, node);
    case Step::Kind::Member:
    case Step::Kind::Element: break;
  }
  return Flow::Go;
}

Flow Evaluator::child(const Step& step, const Node& node, const Node*& found) {
  found = nullptr;
  if (step.kind == Step::Kind::Member) {
    if (node.kind != Kind::Object) return Flow::Go;
    if (!spend(1 + node.count)) return too_costly("it takes too many steps for a message of this size");
    found = document::member(node, step.names.front());
    return Flow::Go;
  }
  if (!is_list(node)) return Flow::Go;
  std::int32_t position = step.positions.front();
  if (position < 0) return fail(step.offset, "a single position can not be negative; write [-1:] for the last element");
  if (!spend(1 + std::min(node.count, static_cast<std::uint32_t>(position)))) {
    return too_costly("it takes too many steps for a message of this size");
  }
  found = document::element(node, static_cast<std::uint32_t>(position));
  return Flow::Go;
}

Flow Evaluator::find(const Path& path, const Node& from, const Node*& found) {
  found = &from;
  for (const Step& step : path.steps) {
    if (child(step, *found, found) == Flow::Fail) return Flow::Fail;
    if (!found) break;
  }
  return Flow::Go;
}

Flow Evaluator::each_member(Place rest, const Node& node) {
  return node.kind == Kind::Object ? each_child(rest, node) : Flow::Go;
}

Flow Evaluator::each_element(Place rest, const Node& node) { return is_list(node) ? each_child(rest, node) : Flow::Go; }

Flow Evaluator::each_child(Place rest, const Node& node) {
  for (Child c : Children(node)) {
    if (Flow flow = visit(rest, *c.node); flow != Flow::Go) return flow;
  }
  return Flow::Go;
}

Flow Evaluator::visit(Place rest, const Node& node) {
  if (!spend(1)) return too_costly("it takes too many steps for a message of this size");
  return advance(rest, node);
}

Flow Evaluator::named_members(const Step& step, Place rest, const Node& node) {
  if (node.kind != Kind::Object) return Flow::Go;
  for (const std::string& name : step.names) {
    if (!spend(node.count)) return too_costly("it takes too many steps for a message of this size");
    const Node* found = document::member(node, name);
    if (!found) continue;
    if (Flow flow = visit(rest, *found); flow != Flow::Go) return flow;
  }
  return Flow::Go;
}
