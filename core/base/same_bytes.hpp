// Compares short texts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace aorta {

namespace detail {

template <class T>
bool same_at(const char* a, const char* b) {
  T left, right;
  std::memcpy(&left, a, sizeof left);
  std::memcpy(&right, b, sizeof right);
  return left == right;
}

// Their two ends, which may meet, and so all of up to twice T's size.
template <class T>
bool same_ends(const char* a, const char* b, std::size_t size) {
  std::size_t last = size - sizeof(T);
  return same_at<T>(a, b) && same_at<T>(a + last, b + last);
}

}  // namespace detail

// Names are short: calling memcmp would cost more than comparing.
inline bool same_bytes(const char* a, const char* b, std::size_t size) {
  if (size > 16) return std::memcmp(a, b, size) == 0;
  if (size >= 8) return detail::same_ends<std::uint64_t>(a, b, size);
  if (size >= 4) return detail::same_ends<std::uint32_t>(a, b, size);
  return size == 0 || (size == 1 ? *a == *b : detail::same_ends<std::uint16_t>(a, b, size));
}

// Also of absent ones, which are empty.
[[gnu::always_inline]] inline bool same_text(std::string_view a, std::string_view b) {
  return a.size() == b.size() && same_bytes(a.data(), b.data(), a.size());
}

}  // namespace aorta
