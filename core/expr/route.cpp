#include "core/expr/route.hpp"

#include <algorithm>

#include "core/document/name_tag.hpp"
#include "core/document/tape_member.hpp"

namespace aorta::expr {
namespace {

const document::Node* member_of(const document::Node& node, std::string_view name, std::uint32_t tag) {
  bool on_tape = node.kind == document::Kind::Object && !node.linked;
  return on_tape ? document::tape_member(node, name, tag) : document::member(node, name, tag);
}

}  // namespace

void Route::add_name(std::string_view name) {
  hops_.push_back({.is_name = true, .tag = document::name_tag(name), .name = std::string(name)});
}

void Route::add_position(std::uint32_t position) { hops_.push_back({.position = position, .name = {}}); }

const document::Node* Route::follow(const document::Node& from, std::uint64_t& cost) const {
  const document::Node* node = &from;
  for (const Hop& hop : hops_) {
    cost += 1 + (hop.is_name ? node->count : std::min(node->count, hop.position));
    node = hop.is_name ? member_of(*node, hop.name, hop.tag) : document::element(*node, hop.position);
    if (!node) return nullptr;
  }
  return node;
}

}  // namespace aorta::expr
