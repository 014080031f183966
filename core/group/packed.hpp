// Numbers in as few bytes as they need: seven bits in each, the lowest first, the eighth set where more follow.
#pragma once

#include <cstdint>
#include <string>

namespace aorta::group {

constexpr int kMostPackedBytes = 10;

// Writes at most kMostPackedBytes and gives the end.
inline char* write_number(std::uint64_t number, char* out) {
  for (; number >= 0x80; number >>= 7) *out++ = static_cast<char>(number | 0x80);
  *out++ = static_cast<char>(number);
  return out;
}

// A small one of either sign is short too.
inline char* write_signed(std::int64_t number, char* out) {
  std::uint64_t bits = static_cast<std::uint64_t>(number);
  return write_number(bits << 1 ^ (number < 0 ? ~std::uint64_t{0} : 0), out);
}

inline void put_number(std::string& out, std::uint64_t number) {
  char bytes[kMostPackedBytes];
  out.append(bytes, write_number(number, bytes));
}

// Reads what was written; `at` moves behind it.
inline std::uint64_t read_number(const char*& at) {
  std::uint64_t out = static_cast<unsigned char>(*at++);
  if (out < 0x80) return out;
  out &= 0x7FU;
  for (int shift = 7;; shift += 7) {
    auto byte = static_cast<unsigned char>(*at++);
    out |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80) return out;
  }
}

inline std::int64_t read_signed(const char*& at) {
  std::uint64_t bits = read_number(at);
  return static_cast<std::int64_t>(bits >> 1 ^ (~(bits & 1) + 1));
}

}  // namespace aorta::group
