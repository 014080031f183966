// How a member is found on the tape; inline, for those who look up many.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "core/document/node.hpp"

namespace aorta::document {

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

// Names are short: calling memcmp would cost more than comparing.
inline bool same_bytes(const char* a, const char* b, std::size_t size) {
  if (size > 16) return std::memcmp(a, b, size) == 0;
  if (size >= 8) return same_ends<std::uint64_t>(a, b, size);
  if (size >= 4) return same_ends<std::uint32_t>(a, b, size);
  return size == 0 || (size == 1 ? *a == *b : same_ends<std::uint16_t>(a, b, size));
}

// As member() with a tag, of an object whose members follow it in memory.
inline const Node* tape_member(const Node& object, std::string_view name, std::uint32_t tag) {
  const Node* node = &object + 1;
  for (std::uint32_t i = object.count; i > 0; --i, node += node->span) {
    bool alike = node->name_tag == tag && node->name_size == name.size();
    if (alike && same_bytes(node->name, name.data(), name.size())) return node;
  }
  return nullptr;
}

}  // namespace aorta::document
