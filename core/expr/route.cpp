#include "core/expr/route.hpp"

#include <algorithm>

#include "core/document/name_tag.hpp"

namespace aorta::expr {

void Route::add_name(std::string_view name) {
  hops_.push_back({.is_name = true, .tag = document::name_tag(name), .name = std::string(name)});
}

void Route::add_position(std::uint32_t position) { hops_.push_back({.position = position, .name = {}}); }

const document::Node* Route::follow(const document::Node& from, std::uint64_t& cost) const {
  const document::Node* node = &from;
  for (const Hop& hop : hops_) {
    cost += 1 + (hop.is_name ? node->count : std::min(node->count, hop.position));
    node = hop.is_name ? document::member(*node, hop.name, hop.tag) : document::element(*node, hop.position);
    if (!node) return nullptr;
  }
  return node;
}

}  // namespace aorta::expr
