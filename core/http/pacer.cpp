#include "core/http/pacer.hpp"

#include <algorithm>

namespace aorta::http {

void Pacer::answered() {
  refusals_ = 0;
  limit_ = std::min<double>(most_, limit_ + 1 / limit_);
}

void Pacer::refused(Clock::time_point now, std::optional<Milliseconds> asked) {
  // What was sent together is refused together: that counts once.
  if (now < not_before_ && !asked) return;
  if (now >= not_before_) {
    limit_ = std::max(1.0, limit_ / 2);
    ++refusals_;
  }
  Milliseconds longest = kFirstPause * (1 << std::min(refusals_, kMostDoublings));
  std::uniform_int_distribution<std::int64_t> length(longest.count() / 2, longest.count());
  Milliseconds wait = asked ? *asked : Milliseconds(length(jitter_));
  not_before_ = std::max(not_before_, now + wait);
}

}  // namespace aorta::http
