// How often the workers of one plugin's use have fallen of late, and what follows from it.
#pragma once

#include <chrono>
#include <deque>
#include <mutex>

#include "core/plugin/worker/channel.hpp"

namespace aorta::plugin::worker {

// Shared by the workers of one use (a mapping has one per thread that normalizes). [any]
class Falls {
 public:
  static constexpr std::chrono::minutes kSpan{10};

  explicit Falls(unsigned most) : most_(most) {}

  // One more, now. Its number within the span.
  unsigned add(Clock::time_point now);
  // For good: so many have come that no worker is started any more.
  bool quarantined() const;
  // How long to wait before the next start: twice as long with each fall of the span, up to some seconds.
  std::chrono::milliseconds pause() const;
  unsigned most() const { return most_; }

 private:
  mutable std::mutex mutex_;
  std::deque<Clock::time_point> times_;
  const unsigned most_;
  bool quarantined_ = false;
};

}  // namespace aorta::plugin::worker
