// Which messages have ended: over the contiguous prefix only, so that one number says it all after a crash.
#pragma once

#include <cstdint>
#include <deque>

#include "core/journal/entry.hpp"

namespace aorta::journal {

enum class End : std::uint8_t { Open, Written, Merged, Filtered, DeadLettered, Unreadable };

// Not thread-safe. Holds one byte per message that was delivered and is not in the prefix yet.
class Settlement {
 public:
  Settlement() = default;
  Settlement(std::uint64_t settled_through, Totals totals) : settled_through_(settled_through), totals_(totals) {}

  // The next message; those between the last one and it are unreadable.
  void deliver(std::uint64_t sequence);
  // All messages up to there that were not delivered are unreadable.
  void lose_through(std::uint64_t sequence);
  // A message that was delivered has ended; a second end of it changes nothing.
  void settle(std::uint64_t sequence, End end);

  std::uint64_t settled_through() const { return settled_through_; }
  std::uint64_t delivered_through() const { return settled_through_ + ends_.size(); }
  const Totals& totals() const { return totals_; }

 private:
  void advance();

  std::uint64_t settled_through_ = 0;
  Totals totals_;
  std::deque<End> ends_;  // of the messages behind settled_through_
};

}  // namespace aorta::journal
