// Questions on the times of measurements in a row.
#pragma once

#include <algorithm>
#include <span>

#include "core/group/member.hpp"

namespace aorta::group {

// Each is later than the one before it.
inline bool times_rise(std::span<const Member> members) {
  auto not_before = [](const Member& a, const Member& b) { return a.occurred.ticks >= b.occurred.ticks; };
  return std::adjacent_find(members.begin(), members.end(), not_before) == members.end();
}

}  // namespace aorta::group
