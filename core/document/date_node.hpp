// Times as nodes hold them.
#pragma once

#include "core/base/time.hpp"
#include "core/document/node.hpp"

namespace aorta::document {

inline void set_date(Node& node, DateTime time) {
  node.kind = Kind::Date;
  node.zone = static_cast<std::uint8_t>(time.zone);
  node.integer = time.ticks;
}

inline DateTime date_of(const Node& node) { return {node.integer, static_cast<DateTime::Zone>(node.zone)}; }

}  // namespace aorta::document
