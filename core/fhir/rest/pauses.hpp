// Pauses before another try: of random length, so that several who failed together do not come again together.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>
#include <thread>

namespace aorta::fhir {

// Not thread-safe.
class Pauses {
 public:
  // Before the `round`-th try, from 1: longer each time, up to 1.6 s.
  void wait(int round) {
    constexpr std::int64_t kFirstMs = 25;
    constexpr int kMostDoublings = 6;
    std::int64_t longest = kFirstMs << std::min(round, kMostDoublings);
    std::uniform_int_distribution<std::int64_t> length(longest / 2, longest);
    std::this_thread::sleep_for(std::chrono::milliseconds(length(jitter_)));
  }

 private:
  std::minstd_rand jitter_{std::random_device{}()};
};

}  // namespace aorta::fhir
