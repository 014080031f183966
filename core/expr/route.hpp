// A path of names and positions only: the most common expression, walked without an evaluator.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/document/node.hpp"
#include "core/document/tape_member.hpp"

namespace aorta::expr {

// Selects one node at most and cannot fail. Immutable once built.
class Route {
 public:
  void add_name(std::string_view name);
  void add_position(std::uint32_t position);

  // The node at its end, or nullptr.
  const document::Node* follow(const document::Node& from) const {
    return follow(from, [](const document::Node&, const Hop&) {});
  }
  // Adds to `cost` how many nodes were looked at, or near enough.
  const document::Node* follow(const document::Node& from, std::uint64_t& cost) const {
    return follow(from, [&](const document::Node& node, const Hop& hop) {
      cost += 1 + (hop.name ? node.count : std::min(node.count, hop.position));
    });
  }

 private:
  struct Hop {
    std::optional<document::MemberName> name;  // else a position
    std::uint32_t position = 0;
  };

  template <class Pay>
  const document::Node* follow(const document::Node& from, Pay pay) const {
    const document::Node* node = &from;
    for (const Hop& hop : hops_) {
      pay(*node, hop);
      node = hop.name ? hop.name->in(*node) : document::element(*node, hop.position);
      if (!node) return nullptr;
    }
    return node;
  }

  std::vector<Hop> hops_;
};

}  // namespace aorta::expr
