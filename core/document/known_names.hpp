// Names of members as the messages before had them: those of one kind of device are alike, and a name that is expected
// is compared and not searched for its end.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace aorta::document {

// What a member begins with: its name in quotes, and the colon.
class KnownName {
 public:
  static constexpr std::size_t kWidth = 32;
  static constexpr std::size_t kAround = 3;  // two quotes and the colon

  // Both of `from`, of which kWidth bytes can be read.
  bool begins(const char* from) const { return (alike(from) & wanted_) == wanted_; }
  void remember(const char* from, std::uint32_t name_size, std::uint32_t tag) {
    if (name_size + kAround > kWidth) return;
    std::memcpy(text_.data(), from, kWidth);
    wanted_ = ~std::uint32_t{0} >> (kWidth - kAround - name_size);
    name_size_ = name_size;
    tag_ = tag;
  }
  std::uint32_t name_size() const { return name_size_; }
  std::uint32_t tag() const { return tag_; }

 private:
  // A bit per byte.
  std::uint32_t alike(const char* from) const {
#ifdef __SSE2__
    auto sixteen = [](const char* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); };
    auto mask = [&](std::size_t i) {
      return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(sixteen(from + i), sixteen(&text_[i]))));
    };
    return mask(0) | mask(16) << 16;
#else
    return std::memcmp(from, text_.data(), name_size_ + kAround) == 0 ? wanted_ : 0;
#endif
  }

  std::array<char, kWidth> text_{};
  std::uint32_t wanted_ = ~std::uint32_t{0};  // at first, what no member begins with
  std::uint32_t name_size_ = 0;
  std::uint32_t tag_ = 0;
};

// By the place of the member: how deep its object stands, and how many members stand before it. So those of one array's
// objects share theirs, too.
class KnownNames {
 public:
  KnownName& at(std::uint32_t depth, std::uint32_t before) { return names_[(depth * kMembers + before) % kCount]; }

 private:
  static constexpr std::uint32_t kMembers = 32, kCount = 128;
  std::array<KnownName, kCount> names_;
};

}  // namespace aorta::document
