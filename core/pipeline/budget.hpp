// Credit: how many records and bytes may be on their way. Sources ask before they poll, so memory is bounded by
// configuration.
#pragma once

#include <chrono>
#include <cstdint>

#include "core/base/threads.hpp"

namespace aorta::pipeline {

struct Credit {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  friend bool operator==(const Credit&, const Credit&) = default;
};

// Thread-safe. Bytes may be exceeded by one record per source: how long it is, is known only when it is there.
class Budget {
 public:
  // `sources` share it: one poll takes at most a quarter of a fair share, so that an idle source does not sit on
  // credit.
  Budget(Credit limit, std::size_t sources);

  // Waits at most `wait` until there is credit for a poll; gives {0, 0} if there was none.
  Credit reserve(std::chrono::milliseconds wait);
  // After a poll: `reserved` was set aside, `used` was needed.
  void use(Credit reserved, Credit used);
  // Records have ended.
  void release(Credit credit);
  // Sources stand still because of what is on its way.
  bool exhausted() const;

 private:
  bool available() const { return records_ > 0 && bytes_ > 0; }

  const Credit limit_;
  const Credit per_poll_;
  mutable Mutex mutex_;
  Condition freed_;
  std::int64_t records_;
  std::int64_t bytes_;
  std::uint64_t used_records_ = 0;
  std::uint64_t used_bytes_ = 0;
};

}  // namespace aorta::pipeline
