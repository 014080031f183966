#include "core/base/threads.hpp"

#include <utility>

namespace aorta {
namespace {

// The standard library's condition waits on its own kind of lock.
template <class Wait>
void with_native(std::mutex& mutex, Wait&& wait) {
  std::unique_lock<std::mutex> native(mutex, std::adopt_lock);
  wait(native);
  (void)native.release();
}

}  // namespace

void Condition::wait(Lock& lock) {
  if (Scheduler::simulated) return Scheduler::simulated->wait(this, lock.mutex(), SteadyClock::time_point::max());
  with_native(lock.mutex()->native_, [this](auto& native) { native_.wait(native); });
}

void Condition::wait_once(Lock& lock, SteadyClock::time_point until) {
  if (Scheduler::simulated) return Scheduler::simulated->wait(this, lock.mutex(), until);
  with_native(lock.mutex()->native_, [&](auto& native) { native_.wait_until(native, until); });
}

Thread::Thread(std::function<void()> body) {
  if (Scheduler::simulated) {
    simulated_ = Scheduler::simulated->start(std::move(body));
  } else {
    native_ = std::thread(std::move(body));
  }
}

Thread::Thread(Thread&& other) noexcept
    : native_(std::move(other.native_)), simulated_(std::exchange(other.simulated_, 0)) {}

Thread& Thread::operator=(Thread&& other) noexcept {
  native_ = std::move(other.native_);
  simulated_ = std::exchange(other.simulated_, 0);
  return *this;
}

void Thread::join() {
  if (simulated_ == 0) return native_.join();
  Scheduler::simulated->join(std::exchange(simulated_, 0));
}

void Thread::sleep_until(SteadyClock::time_point until) {
  if (Scheduler::simulated) return Scheduler::simulated->sleep_until(until);
  std::this_thread::sleep_until(until);
}

}  // namespace aorta
