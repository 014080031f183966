// How fast a server is asked: as fast as it bears, found by asking (additive increase, multiplicative decrease).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

namespace aorta::http {

// Not thread-safe. Times are given, so that tests need no clock.
class Pacer {
 public:
  using Clock = std::chrono::steady_clock;
  using Milliseconds = std::chrono::milliseconds;

  explicit Pacer(unsigned most) : most_(most), limit_(most < kStart ? most : kStart) {}

  // How many requests may be on their way at once.
  unsigned limit() const { return static_cast<unsigned>(limit_); }
  // Nothing is sent before.
  Clock::time_point not_before() const { return not_before_; }
  // Refusals since the last answer; those of what was sent together count once.
  int refusals() const { return refusals_; }

  void answered();
  // 429 or 503, or no answer at all. Without a wait of the server's own: twice as long as the time before, of random
  // length.
  void refused(Clock::time_point now, std::optional<Milliseconds> asked);

 private:
  static constexpr unsigned kStart = 4;
  static constexpr Milliseconds kFirstPause{100};
  static constexpr int kMostDoublings = 5;  // 3.2 s: a server that is mended is found soon

  unsigned most_;
  double limit_;
  int refusals_ = 0;
  Clock::time_point not_before_{};
  std::minstd_rand jitter_{std::random_device{}()};
};

}  // namespace aorta::http
