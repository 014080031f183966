// A number that tells most names apart without looking at all of them.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace aorta::document {

// Made of the size, the first and the last four bytes: equal names have equal tags, most others have not. Its upper
// bits are the best.
inline std::uint32_t name_tag(std::string_view name) {
  auto size = static_cast<std::uint32_t>(name.size());
  std::uint32_t head = 0;
  std::uint32_t tail = 0;
  if (size >= 4) {
    std::memcpy(&head, name.data(), 4);
    std::memcpy(&tail, name.data() + size - 4, 4);
  } else if (size > 0) {
    head = static_cast<unsigned char>(name.front());
    tail = static_cast<std::uint32_t>(static_cast<unsigned char>(name[size / 2])) << 8 |
           static_cast<unsigned char>(name.back());
  }
  return ((head ^ size) * 0x9E37'79B1U ^ std::rotl(tail, 15)) * 0x85EB'CA77U;
}

}  // namespace aorta::document
