#include "core/journal/receipts.hpp"

#include <algorithm>

#include "core/journal/frame.hpp"

namespace aorta::journal {

void Receipts::remember(const Receipt& receipt, std::uint64_t segment) {
  std::lock_guard lock(mutex_);
  std::string key(receipt.key);
  Kept& kept = by_key_[key];
  bool same = kept.ticks == receipt.ticks && kept.key == receipt.key;  // written once more, into a later segment
  if (!kept.key.empty()) bytes_ -= size_of(kept);
  kept = {key, std::string(receipt.answer), receipt.ticks, segment};
  bytes_ += size_of(kept);
  if (!same) order_.emplace_back(std::move(key), receipt.ticks);
  while (order_.size() > window_.max_count || bytes_ > window_.max_bytes) forget_first();
}

std::optional<std::string> Receipts::answer(std::string_view key, std::int64_t now) const {
  std::lock_guard lock(mutex_);
  auto found = by_key_.find(std::string(key));
  if (found == by_key_.end() || found->second.ticks < now - window_.max_age_ticks) return std::nullopt;
  return found->second.answer;
}

void Receipts::forget_older(std::int64_t now) {
  std::lock_guard lock(mutex_);
  while (!order_.empty() && order_.front().second < now - window_.max_age_ticks) forget_first();
}

void Receipts::forget_first() {
  auto [key, ticks] = order_.front();
  order_.pop_front();
  auto found = by_key_.find(key);
  if (found == by_key_.end() || found->second.ticks != ticks) return;  // it was given anew
  bytes_ -= size_of(found->second);
  by_key_.erase(found);
}

std::uint64_t Receipts::size_of(const Kept& kept) {
  constexpr std::uint64_t kRest = kFrameHeader + 3 * sizeof(std::uint64_t) + 2 * sizeof(std::uint32_t);
  return kRest + kept.key.size() + kept.answer.size();
}

std::vector<Receipts::Kept> Receipts::in_segment(std::uint64_t segment) const {
  std::lock_guard lock(mutex_);
  std::vector<Kept> out;
  for (const auto& [key, kept] : by_key_) {
    if (kept.segment == segment) out.push_back(kept);
  }
  std::sort(out.begin(), out.end(), [](const Kept& a, const Kept& b) {
    return a.ticks != b.ticks ? a.ticks < b.ticks : a.key < b.key;
  });
  return out;
}

std::uint64_t Receipts::bytes() const {
  std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace aorta::journal
