// What a run counts beside its ledger, for those who watch it. Written by the engine's thread, read by any.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace aorta::pipeline {

// How many took at most so many seconds.
class Histogram {
 public:
  static constexpr std::array<double, 12> kBounds{0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 3600};

  void add(std::chrono::steady_clock::duration took) {
    double seconds = std::chrono::duration<double>(took).count();
    std::size_t bucket = 0;
    while (bucket < kBounds.size() && seconds > kBounds[bucket]) ++bucket;
    counts_[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_us_.fetch_add(static_cast<std::uint64_t>(seconds * 1e6), std::memory_order_relaxed);
  }
  // The last one: all that took longer.
  std::uint64_t count(std::size_t bucket) const { return counts_[bucket].load(std::memory_order_relaxed); }
  double sum() const { return static_cast<double>(sum_us_.load(std::memory_order_relaxed)) / 1e6; }

 private:
  std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> counts_{};
  std::atomic<std::uint64_t> sum_us_{0};
};

struct Meters {
  using Counter = std::atomic<std::uint64_t>;
  Counter bytes{0};         // of bodies and properties taken in
  Counter measurements{0};  // made
  Counter unmatched{0};     // records that gave no measurement
  Counter groups{0};        // handed to the sinks
  Counter kept{0};          // measurements in them, after duplicates of one time were replaced
  Counter flushes{0};
  Histogram taken_to_settled;
  Histogram flush;
};

}  // namespace aorta::pipeline
