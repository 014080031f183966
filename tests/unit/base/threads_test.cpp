#include "core/base/threads.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "core/base/time.hpp"

using namespace aorta;
using namespace std::chrono_literals;

namespace {

// Notes what it is asked for; time stands still, threads run where they are started.
class Recorder : public Scheduler {
 public:
  Recorder() { simulated = this; }
  ~Recorder() override { simulated = nullptr; }
  Time now() override { return Time(42s); }
  std::chrono::system_clock::time_point wall_clock_now() override { return std::chrono::sys_days{}; }
  void pass() override { calls.emplace_back("pass"); }
  void sleep_until(Time) override { calls.emplace_back("sleep"); }
  void lock(const void*) override { calls.emplace_back("lock"); }
  void unlock(const void*) override { calls.emplace_back("unlock"); }
  void wait(const void*, const void*, Time) override { calls.emplace_back("wait"); }
  void notify(const void*, bool all) override { calls.emplace_back(all ? "notify all" : "notify one"); }
  std::uint64_t start(std::function<void()> body) override {
    calls.emplace_back("start");
    body();
    return 7;
  }
  void join(std::uint64_t thread) override { calls.push_back("join " + std::to_string(thread)); }

  std::vector<std::string> calls;
};

}  // namespace

TEST_CASE("threads: a condition wakes whom it is told to, and knows when time is up", "[base]") {
  Mutex mutex;
  Condition changed;
  bool ready = false;
  Thread other([&] {
    std::lock_guard lock(mutex);
    ready = true;
    changed.notify_all();
  });
  std::unique_lock lock(mutex);
  CHECK(changed.wait_for(lock, 10s, [&] { return ready; }));
  CHECK(lock.owns_lock());
  CHECK_FALSE(changed.wait_for(lock, 1ms, [] { return false; }));
  CHECK(changed.wait_for(lock, 0ms, [] { return true; }));
  lock.unlock();
  CHECK(other.joinable());
  Thread moved = std::move(other);
  moved.join();
  CHECK_FALSE(moved.joinable());
}

TEST_CASE("threads: a mutex keeps others out", "[base]") {
  Mutex mutex;
  int count = 0;
  auto add = [&] {
    for (int i = 0; i < 10'000; ++i) {
      std::lock_guard lock(mutex);
      ++count;
    }
  };
  Thread one(add), two(add);
  one.join();
  two.join();
  CHECK(count == 20'000);
}

TEST_CASE("threads: a simulation is asked for everything", "[base]") {
  Recorder recorder;
  Mutex mutex;
  Condition changed;
  Flag flag;
  CHECK(SteadyClock::now() == SteadyClock::time_point(42s));
  CHECK(utc_now().ticks == DateTime::kUnixEpochTicks);
  {
    std::unique_lock lock(mutex);
    bool woken = false;
    changed.wait(lock, [&] { return std::exchange(woken, true); });
  }
  changed.notify_one();
  changed.notify_all();
  flag = true;
  CHECK(flag);
  Thread::sleep_for(1s);
  Thread thread([] {});
  thread.join();
  CHECK(
      recorder.calls ==
      std::vector<std::string>{
          "lock", "wait", "unlock", "notify one", "notify all", "pass", "pass", "sleep", "start", "join 7"}
  );
}
