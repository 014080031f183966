#include "core/pipeline/budget.hpp"

#include <algorithm>

namespace aorta::pipeline {
namespace {

constexpr std::uint64_t kMostRecordsPerPoll = 512;

Credit share(Credit limit, std::size_t sources) {
  std::uint64_t parts = 4 * std::max<std::uint64_t>(sources, 1);
  return {
      std::clamp<std::uint64_t>(limit.records / parts, 1, kMostRecordsPerPoll),
      std::max<std::uint64_t>(limit.bytes / parts, 1)};
}

}  // namespace

Budget::Budget(Credit limit, std::size_t sources)
    : limit_(limit),
      per_poll_(share(limit, sources)),
      records_(static_cast<std::int64_t>(limit.records)),
      bytes_(static_cast<std::int64_t>(limit.bytes)) {}

Credit Budget::reserve(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  if (!freed_.wait_for(lock, wait, [this] { return available(); })) return {};
  Credit credit{
      std::min(per_poll_.records, static_cast<std::uint64_t>(records_)),
      std::min(per_poll_.bytes, static_cast<std::uint64_t>(bytes_))};
  records_ -= static_cast<std::int64_t>(credit.records);
  bytes_ -= static_cast<std::int64_t>(credit.bytes);
  return credit;
}

void Budget::use(Credit reserved, Credit used) {
  std::lock_guard lock(mutex_);
  records_ += static_cast<std::int64_t>(reserved.records) - static_cast<std::int64_t>(used.records);
  bytes_ += static_cast<std::int64_t>(reserved.bytes) - static_cast<std::int64_t>(used.bytes);
  used_records_ += used.records;
  used_bytes_ += used.bytes;
  if (available()) freed_.notify_all();
}

void Budget::release(Credit credit) {
  std::lock_guard lock(mutex_);
  records_ += static_cast<std::int64_t>(credit.records);
  bytes_ += static_cast<std::int64_t>(credit.bytes);
  used_records_ -= credit.records;
  used_bytes_ -= credit.bytes;
  freed_.notify_all();
}

bool Budget::exhausted() const {
  std::lock_guard lock(mutex_);
  bool nothing_left = records_ <= 0 || bytes_ <= 0;
  return nothing_left && (used_records_ * 2 >= limit_.records || used_bytes_ * 2 >= limit_.bytes);
}

}  // namespace aorta::pipeline
