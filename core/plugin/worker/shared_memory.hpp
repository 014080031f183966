// Memory that the host and a worker both see: a board, and for each direction a box that says what was posted, and an
// area of slots that it lies in. It cannot be made smaller, by which one side could end the other.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/base/result.hpp"

namespace aorta::plugin::worker {

// What lies in a slot.
struct Slot {
  std::atomic<std::uint32_t> type;
  std::atomic<std::uint64_t> size;
};

// What lies in a direction's area: frame n, counted from 0, in slot n modulo the area's number of slots. A hint like
// all that is shared: the other side may have written anything. What one side writes is not to slow what the other
// reads.
struct Box {
  static constexpr std::size_t kSlots = 8;
  // By the sender.
  alignas(64) std::atomic<std::uint32_t> posted;  // how many frames so far
  std::atomic<std::uint32_t> aside;               // how many frames so far went over the socket
  std::atomic<std::uint32_t> core;                // of the machine, that it was on
  std::array<Slot, kSlots> slots;
  // By the receiver.
  alignas(64) std::atomic<std::uint32_t> sleeping;  // it has to be woken
  std::atomic<std::uint32_t> wanted;                // once so many are posted
};

// The sender sees to it that no more frames wait in it than it has slots: the host asks for that much ahead of the
// answers, and each is one frame.
struct Area {
  static constexpr std::uint32_t slots = Box::kSlots;
  Box* box = nullptr;
  char* data = nullptr;
  std::size_t slot_size = 0;

  Slot& slot(std::uint32_t number) const { return box->slots[number % slots]; }
  char* memory(std::uint32_t number) const { return data + number % slots * slot_size; }
};

// What is said without a frame.
struct Board {
  std::atomic<std::uint32_t> cancelled;  // by the host: the instance is to come to an end
  // By the worker: which record it is at, of all that it was ever asked about, and which template. Hints: a plugin may
  // have written over them.
  std::atomic<std::uint32_t> record;
  std::atomic<std::uint32_t> part;
};

class SharedMemory {
 public:
  // Of a frame, at most. Memory is taken as it is written to.
  static constexpr std::size_t kFrame = 4 * 1024 * 1024;

  // By the host: the memory, and the descriptor to hand on.
  static Result<SharedMemory> make();
  // By the worker, which keeps no descriptor.
  static Result<SharedMemory> take(int descriptor);
  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&&) = delete;
  ~SharedMemory();

  Board& board() const { return *reinterpret_cast<Board*>(memory_); }
  Area to_worker() const { return {box(1), memory_ + kBoard, kFrame}; }
  Area to_host() const { return {box(2), memory_ + kBoard + Box::kSlots * kFrame, kFrame}; }
  int descriptor() const { return descriptor_; }
  void close_descriptor();

 private:
  static constexpr std::size_t kBoard = 4096;
  static constexpr std::size_t kSize = kBoard + 2 * Box::kSlots * kFrame;

  // They stand apart from each other and from the board.
  static constexpr std::size_t kBox = 1024;
  Box* box(std::size_t number) const { return reinterpret_cast<Box*>(memory_ + number * kBox); }
  static Result<SharedMemory> map(int descriptor);
  SharedMemory(char* memory, int descriptor) : memory_(memory), descriptor_(descriptor) {}

  char* memory_;
  int descriptor_;
};

}  // namespace aorta::plugin::worker
