// Numbers and texts as bytes: little-endian, texts after their length, absent ones told from empty ones.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace aorta::journal {

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");
inline constexpr std::uint32_t kAbsent = 0xFFFFFFFF;

template <std::integral T>
void put(std::string& out, T value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

inline void put_text(std::string& out, std::string_view text) {
  put(out, text.data() ? static_cast<std::uint32_t>(text.size()) : kAbsent);
  out += text;
}

// Reads what put() wrote; of what is missing it gives zeros and absent texts, and is no longer whole().
class ByteReader {
 public:
  explicit ByteReader(std::string_view from) : rest_(from) {}

  template <std::integral T>
  T take() {
    T value{};
    if (rest_.size() < sizeof value) return fail(), value;
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }
  std::string_view take_text() {
    auto size = take<std::uint32_t>();
    if (size == kAbsent || !whole_) return {};
    if (size > rest_.size()) return fail(), std::string_view();
    std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }
  bool whole() const { return whole_; }

 private:
  void fail() {
    whole_ = false;
    rest_ = {};
  }

  std::string_view rest_;
  bool whole_ = true;
};

}  // namespace aorta::journal
