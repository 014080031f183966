#include "core/plugin/worker/nursery.hpp"

#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

namespace aorta::plugin::worker {
namespace {

class Nursery {
 public:
  Nursery() : thread_([this] { live(); }) {}
  ~Nursery() {
    {
      std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  pid_t run(const std::function<pid_t()>& work) {
    std::lock_guard one_at_a_time(callers_);
    std::unique_lock lock(mutex_);
    work_ = &work;
    changed_.notify_all();
    changed_.wait(lock, [this] { return work_ == nullptr; });
    errno = failure_;
    return answer_;
  }

 private:
  void live() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);  // signals are for the threads that expect them
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return work_ != nullptr || ending_; });
      if (ending_) return;
      answer_ = (*work_)();
      failure_ = errno;
      work_ = nullptr;
      changed_.notify_all();
    }
  }

  std::mutex callers_, mutex_;
  std::condition_variable changed_;
  const std::function<pid_t()>* work_ = nullptr;
  pid_t answer_ = 0;
  int failure_ = 0;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace

pid_t in_nursery(const std::function<pid_t()>& fork_child) {
  static Nursery nursery;
  return nursery.run(fork_child);
}

}  // namespace aorta::plugin::worker
