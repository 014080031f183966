// A path of names and positions only: the most common expression, walked without an evaluator.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/document/node.hpp"

namespace aorta::expr {

// Selects one node at most and cannot fail. Immutable once built.
class Route {
 public:
  void add_name(std::string_view name);
  void add_position(std::uint32_t position);

  // The node at its end, or nullptr. Adds to `cost` how many nodes were looked at, or near enough.
  const document::Node* follow(const document::Node& from, std::uint64_t& cost) const;

 private:
  struct Hop {
    bool is_name = false;
    std::uint32_t tag = 0;  // of the name
    std::uint32_t position = 0;
    std::string name;
  };
  std::vector<Hop> hops_;
};

}  // namespace aorta::expr
