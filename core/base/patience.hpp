// How long those who wait for somebody else may go on waiting. A stop sets its end.
#pragma once

#include <atomic>
#include <chrono>

#include "core/base/threads.hpp"

namespace aorta {

// [any thread]
class Patience {
 public:
  using Clock = SteadyClock;

  void end_in(std::chrono::milliseconds left) { end_ = (Clock::now() + left).time_since_epoch().count(); }
  Clock::time_point end() const { return Clock::time_point(Clock::duration(end_)); }
  bool is_over() const { return Clock::now() >= end(); }

 private:
  std::atomic<Clock::rep> end_{Clock::duration::max().count()};  // never
};

}  // namespace aorta
