// Memory that the host and a worker both see: a board, and for each direction a box that says what was posted, and an
// area that it lies in. It cannot be made smaller, by which one side could end the other.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/base/result.hpp"

namespace aorta::plugin::worker {

// What lies in a direction's area. A hint like all that is shared: the other side may have written anything.
struct Box {
  std::atomic<std::uint32_t> posted;    // how many frames so far, by the sender
  std::atomic<std::uint32_t> sleeping;  // by the receiver: it has to be woken
  std::atomic<std::uint32_t> type;
  std::atomic<std::uint64_t> size;
};

struct Area {
  Box* box = nullptr;
  char* data = nullptr;
  std::size_t size = 0;
};

// What is said without a frame.
struct Board {
  std::atomic<std::uint32_t> cancelled;  // by the host: the instance is to come to an end
  // By the worker: which record of a batch, and which template, it is at. A hint: a plugin may have written over it.
  std::atomic<std::uint32_t> record;
  std::atomic<std::uint32_t> part;
};

class SharedMemory {
 public:
  static constexpr std::size_t kArea = 1024 * 1024;

  // By the host: the memory, and the descriptor to hand on.
  static Result<SharedMemory> make();
  // By the worker, which keeps no descriptor.
  static Result<SharedMemory> take(int descriptor);
  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&&) = delete;
  ~SharedMemory();

  Board& board() const { return *reinterpret_cast<Board*>(memory_); }
  Area to_worker() const { return area(0); }
  Area to_host() const { return area(1); }
  int descriptor() const { return descriptor_; }
  void close_descriptor();

 private:
  static constexpr std::size_t kBoard = 4096;
  static constexpr std::size_t kSize = kBoard + 2 * kArea;

  // Boxes stand apart from each other and from the board: what one side writes is not to slow what the other reads.
  static constexpr std::size_t kBox = 1024;
  Area area(std::size_t number) const {
    return {reinterpret_cast<Box*>(memory_ + (number + 1) * kBox), memory_ + kBoard + number * kArea, kArea};
  }
  static Result<SharedMemory> map(int descriptor);
  SharedMemory(char* memory, int descriptor) : memory_(memory), descriptor_(descriptor) {}

  char* memory_;
  int descriptor_;
};

}  // namespace aorta::plugin::worker
