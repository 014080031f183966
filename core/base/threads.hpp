// Threads, and what they share: the standard library's in a running host. Under a simulation one scheduler says who
// runs next and what time it is, so that a run can be had again from its seed (docs/decisions/0024).
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

namespace aorta {

// Takes the operating system's place. Called on the simulated threads.
class Scheduler {
 public:
  using Time = std::chrono::steady_clock::time_point;

  virtual ~Scheduler() = default;
  virtual Time now() = 0;
  virtual std::chrono::system_clock::time_point wall_clock_now() = 0;
  // Others may run now.
  virtual void pass() = 0;
  virtual void sleep_until(Time until) = 0;
  virtual void lock(const void* mutex) = 0;
  virtual void unlock(const void* mutex) = 0;
  // Lets go of the mutex, waits, has it again; wakes as it likes.
  virtual void wait(const void* condition, const void* mutex, Time until) = 0;
  virtual void notify(const void* condition, bool all) = 0;
  // A thread's number is not 0.
  virtual std::uint64_t start(std::function<void()> body) = 0;
  virtual void join(std::uint64_t thread) = 0;

  // nullptr: the operating system schedules. Changed only while there is no other thread.
  static inline Scheduler* simulated = nullptr;
};

// As std::chrono::steady_clock.
struct SteadyClock {
  using duration = std::chrono::steady_clock::duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr bool is_steady = true;
  static time_point now() {
    return Scheduler::simulated ? Scheduler::simulated->now() : std::chrono::steady_clock::now();
  }
};

inline std::chrono::system_clock::time_point wall_clock_now() {
  return Scheduler::simulated ? Scheduler::simulated->wall_clock_now() : std::chrono::system_clock::now();
}

// As std::mutex.
class Mutex {
 public:
  void lock() { Scheduler::simulated ? Scheduler::simulated->lock(this) : native_.lock(); }
  void unlock() { Scheduler::simulated ? Scheduler::simulated->unlock(this) : native_.unlock(); }

 private:
  friend class Condition;
  std::mutex native_;
};

// As std::condition_variable.
class Condition {
 public:
  using Lock = std::unique_lock<Mutex>;

  void notify_one() { Scheduler::simulated ? Scheduler::simulated->notify(this, false) : native_.notify_one(); }
  void notify_all() { Scheduler::simulated ? Scheduler::simulated->notify(this, true) : native_.notify_all(); }

  void wait(Lock& lock);
  template <class Predicate>
  void wait(Lock& lock, Predicate done) {
    while (!done()) wait(lock);
  }
  // What the predicate says at the end.
  template <class Predicate>
  bool wait_until(Lock& lock, SteadyClock::time_point until, Predicate done) {
    while (!done()) {
      if (SteadyClock::now() >= until) return false;
      wait_once(lock, until);
    }
    return true;
  }
  template <class Predicate>
  bool wait_for(Lock& lock, SteadyClock::duration longest, Predicate done) {
    return wait_until(lock, SteadyClock::now() + longest, std::move(done));
  }

 private:
  void wait_once(Lock& lock, SteadyClock::time_point until);
  std::condition_variable native_;
};

// As std::thread, for what a simulation runs.
class Thread {
 public:
  Thread() = default;
  explicit Thread(std::function<void()> body);
  Thread(Thread&& other) noexcept;
  Thread& operator=(Thread&& other) noexcept;
  ~Thread() = default;

  bool joinable() const { return simulated_ != 0 || native_.joinable(); }
  void join();

  static void sleep_until(SteadyClock::time_point until);
  static void sleep_for(SteadyClock::duration time) { sleep_until(SteadyClock::now() + time); }

 private:
  std::thread native_;
  std::uint64_t simulated_ = 0;
};

// A flag that one thread sets and others look at.
class Flag {
 public:
  Flag& operator=(bool value) {
    value_ = value;
    if (Scheduler::simulated) Scheduler::simulated->pass();
    return *this;
  }
  operator bool() const {
    if (Scheduler::simulated) Scheduler::simulated->pass();
    return value_;
  }

 private:
  std::atomic<bool> value_{false};
};

}  // namespace aorta
