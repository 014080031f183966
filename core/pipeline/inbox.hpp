// Between the sources' threads and the engine's. Unbounded by itself: the budget bounds what can be in it.
#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/threads.hpp"
#include "core/plugin/source.hpp"

namespace aorta::pipeline {

struct Delivery {
  std::size_t source = 0;
  std::vector<plugin::Record> records;
  bool last = false;           // the source will deliver no more
  std::optional<Error> error;  // why it ended, if it failed
};

class Inbox {
 public:
  void push(Delivery delivery) {
    std::lock_guard lock(mutex_);
    deliveries_.push_back(std::move(delivery));
    arrived_.notify_one();
  }

  // Lets the pop() of now or the next one return, with or without a delivery.
  void wake() {
    std::lock_guard lock(mutex_);
    woken_ = true;
    arrived_.notify_one();
  }

  std::optional<Delivery> pop(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    arrived_.wait_until(lock, until, [this] { return woken_ || !deliveries_.empty(); });
    woken_ = false;
    if (deliveries_.empty()) return std::nullopt;
    Delivery delivery = std::move(deliveries_.front());
    deliveries_.pop_front();
    return delivery;
  }

 private:
  Mutex mutex_;
  Condition arrived_;
  std::deque<Delivery> deliveries_;
  bool woken_ = false;
};

}  // namespace aorta::pipeline
