#include "core/plugin/worker/falls.hpp"

#include <algorithm>

namespace aorta::plugin::worker {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds kFirstPause = 50ms;
constexpr std::chrono::milliseconds kLongestPause = 5s;

}  // namespace

unsigned Falls::add(Clock::time_point now) {
  std::lock_guard lock(mutex_);
  while (!times_.empty() && times_.front() + kSpan < now) times_.pop_front();
  times_.push_back(now);
  quarantined_ = quarantined_ || times_.size() >= most_;
  return static_cast<unsigned>(times_.size());
}

bool Falls::quarantined() const {
  std::lock_guard lock(mutex_);
  return quarantined_;
}

std::chrono::milliseconds Falls::pause() const {
  std::lock_guard lock(mutex_);
  if (times_.empty()) return 0ms;
  std::size_t doublings = std::min<std::size_t>(times_.size() - 1, 10);
  return std::min(kFirstPause * (1 << doublings), kLongestPause);
}

}  // namespace aorta::plugin::worker
