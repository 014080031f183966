// What was found out, remembered for a while.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace aorta::fhir {

// At most `max_entries`, of which the longest unused gives way; none longer than `max_idle` unused or `max_age` old.
// Times are given, so that tests need no clock.
template <class T>
class RecentlyUsed {
 public:
  using Clock = std::chrono::steady_clock;
  struct Limits {
    std::size_t max_entries;
    Clock::duration max_idle, max_age;
  };

  explicit RecentlyUsed(Limits limits) : limits_(limits) {}

  // Until the next call of put() or clear(); nullptr: not known.
  const T* find(std::string_view key, Clock::time_point now) {
    auto found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    auto entry = found->second;
    if (now - entry->used > limits_.max_idle || now - entry->made > limits_.max_age) {
      forget(entry);
      return nullptr;
    }
    entry->used = now;
    by_use_.splice(by_use_.begin(), by_use_, entry);
    return &entry->value;
  }

  void put(std::string key, T value, Clock::time_point now) {
    if (limits_.max_entries == 0) return;
    if (auto old = by_key_.find(key); old != by_key_.end()) forget(old->second);
    if (by_use_.size() >= limits_.max_entries) forget(std::prev(by_use_.end()));
    by_use_.push_front({std::move(key), std::move(value), now, now});
    by_key_[by_use_.front().key] = by_use_.begin();
  }

  void clear() {
    by_key_.clear();
    by_use_.clear();
  }

 private:
  struct Entry {
    std::string key;
    T value;
    Clock::time_point made, used;
  };
  using Place = typename std::list<Entry>::iterator;

  void forget(Place entry) {
    by_key_.erase(entry->key);
    by_use_.erase(entry);
  }

  Limits limits_;
  std::list<Entry> by_use_;  // last used first
  std::unordered_map<std::string_view, Place> by_key_;
};

}  // namespace aorta::fhir
