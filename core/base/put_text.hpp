// Puts texts one behind the other.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace aorta {

namespace detail {

// Whatever the size, from T's to twice T's, its two ends are copied; where they meet, some bytes are copied twice.
template <class T>
[[gnu::always_inline]] inline void put_ends(char* out, const char* from, std::size_t size) {
  T first, last;
  std::memcpy(&first, from, sizeof first);
  std::memcpy(&last, from + size - sizeof last, sizeof last);
  std::memcpy(out, &first, sizeof first);
  std::memcpy(out + size - sizeof last, &last, sizeof last);
}

}  // namespace detail

// Gives the end of what was written. Most texts are short, and the call of memcpy would cost more than their bytes do.
[[gnu::always_inline]] inline char* put_text(char* out, std::string_view text) {
  struct Sixteen {
    std::uint64_t low, high;
  };
  std::size_t size = text.size();
  if (size > 32) {
    std::memcpy(out, text.data(), size);
  } else if (size >= 16) {
    detail::put_ends<Sixteen>(out, text.data(), size);
  } else if (size >= 8) {
    detail::put_ends<std::uint64_t>(out, text.data(), size);
  } else if (size >= 4) {
    detail::put_ends<std::uint32_t>(out, text.data(), size);
  } else if (size >= 2) {
    detail::put_ends<std::uint16_t>(out, text.data(), size);
  } else if (size == 1) {
    *out = text.front();
  }
  return out + size;
}

}  // namespace aorta
