// Memory for one batch: bump allocation, freed all at once, blocks kept for the next batch (no allocation in steady
// state).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace aorta {

// Not thread-safe. What it gives out lives until reset() or destruction; nothing is destroyed, so only trivially
// destructible types may live here.
class Arena {
 public:
  explicit Arena(std::size_t block_size = 64 * 1024) : block_size_(block_size) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  Arena(Arena&& other) noexcept { *this = std::move(other); }
  Arena& operator=(Arena&& other) noexcept {
    blocks_ = std::exchange(other.blocks_, {});
    current_ = std::exchange(other.current_, 0);
    at_ = std::exchange(other.at_, 0);
    end_ = std::exchange(other.end_, 0);
    block_size_ = other.block_size_;
    return *this;
  }

  // Of no bytes: an address that is not to be read, perhaps none.
  [[gnu::always_inline]] void* allocate(std::size_t size, std::size_t align) {
    std::uintptr_t start = (at_ + align - 1) & ~(align - 1);
    if (start + size > end_) return allocate_in_next(size);
    at_ = start + size;
    return reinterpret_cast<void*>(start);
  }

  template <class T, class... Args>
  T* make(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (allocate(sizeof(T), alignof(T))) T{std::forward<Args>(args)...};
  }

  template <class T>
  std::span<T> make_array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (count == 0) return {};
    T* first = static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
    for (std::size_t i = 0; i < count; ++i) new (first + i) T{};
    return {first, count};
  }

  std::string_view copy(std::string_view text) {
    char* to = static_cast<char*>(allocate(text.size() + 1, 1));
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    to[text.size()] = '\0';
    return {to, text.size()};
  }

  // Forgets everything; keeps the blocks up to `keep` bytes in all.
  void reset(std::size_t keep = 4 * 1024 * 1024) {
    std::size_t total = 0;
    std::size_t count = 0;
    while (count < blocks_.size() && (total += blocks_[count].size) <= keep) ++count;
    blocks_.resize(count);
    current_ = 0;
    at_ = end_ = 0;
    if (count > 0) enter(0);
  }

 private:
  struct Block {
    std::unique_ptr<std::byte[]> data;
    std::size_t size = 0;
  };

  // new std::byte[] is aligned for every fundamental type, so the start of a block suits any request.
  [[gnu::noinline]] void* allocate_in_next(std::size_t size) {
    if (current_ < blocks_.size()) ++current_;
    while (current_ < blocks_.size() && blocks_[current_].size < size) ++current_;
    if (current_ == blocks_.size()) {
      std::size_t wanted = size > block_size_ ? size : block_size_;
      blocks_.push_back({std::make_unique_for_overwrite<std::byte[]>(wanted), wanted});
    }
    enter(size);
    return blocks_[current_].data.get();
  }

  // The current block, of which so much is used.
  void enter(std::size_t used) {
    auto start = reinterpret_cast<std::uintptr_t>(blocks_[current_].data.get());
    at_ = start + used;
    end_ = start + blocks_[current_].size;
  }

  std::vector<Block> blocks_;
  std::size_t current_ = 0;
  std::uintptr_t at_ = 0, end_ = 0;  // what is free of the current block
  std::size_t block_size_ = 0;
};

}  // namespace aorta
