// What senders were told, by the key they sent under: within a window of number, size and age.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/threads.hpp"
#include "core/journal/entry.hpp"

namespace aorta::journal {

struct ReceiptWindow {
  std::uint64_t max_count = 10'000;
  std::int64_t max_age_ticks = 24LL * 3600 * 10'000'000;
  std::uint64_t max_bytes = UINT64_MAX;  // in segments
};

// Thread-safe.
class Receipts {
 public:
  explicit Receipts(ReceiptWindow window) : window_(window) {}

  // `segment`: where it is kept. A key that is known gets this answer from now on.
  void remember(const Receipt& receipt, std::uint64_t segment);
  std::optional<std::string> answer(std::string_view key, std::int64_t now) const;
  void forget_older(std::int64_t now);

  struct Kept {
    std::string key, answer;
    std::int64_t ticks = 0;
    std::uint64_t segment = 0;
    Receipt view() const { return {key, answer, ticks, 0, 0}; }
  };
  // Those that lie in this segment.
  std::vector<Kept> in_segment(std::uint64_t segment) const;
  // What they take up in segments.
  std::uint64_t bytes() const;

 private:
  void forget_first();
  static std::uint64_t size_of(const Kept& kept);

  const ReceiptWindow window_;
  mutable Mutex mutex_;
  std::unordered_map<std::string, Kept> by_key_;
  std::uint64_t bytes_ = 0;
  std::deque<std::pair<std::string, std::int64_t>> order_;  // key and time, the oldest first
};

}  // namespace aorta::journal
