// What the texts of values take where they are copied.
#pragma once

#include <cstddef>
#include <span>

#include "core/mapping/measurement.hpp"

namespace aorta::group {

// Bytes of all names and texts.
inline std::size_t texts_size(std::span<const mapping::ValueView> values) {
  std::size_t size = 0;
  for (const mapping::ValueView& value : values) size += value.name.size() + value.text.size();
  return size;
}

}  // namespace aorta::group
