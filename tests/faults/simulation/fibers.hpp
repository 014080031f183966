// The simulated threads of one run: each a fiber of the one real thread, which gives way wherever a real one could lose
// the processor to another (a lock, a wait, a look at a flag). A seed says who runs next and how time passes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/threads.hpp"
#include "tests/faults/simulation/chance.hpp"

namespace aorta::simulation {

class Fibers : public Scheduler {
 public:
  // Threads of one process: they die together. A thread belongs to the group of the one that started it.
  using Group = std::uint64_t;
  static constexpr Group kWorld = 0;

  // `chance` outlives it. Takes the operating system's place until it is gone.
  explicit Fibers(Chance& chance);
  ~Fibers() override;

  // Until no thread is left. Nothing: all have ended; else why they cannot.
  std::string run(std::uint64_t most_steps);
  // From outside of all threads: has those of a process end by themselves, while the world stands still.
  std::string finish(Group group, std::uint64_t most_steps);
  void start_in(Group group, std::function<void()> body);

  // From outside of all threads, too: locks are open, and nobody else runs meanwhile.
  template <class Look>
  auto look(Look&& at) {
    Fiber* self = std::exchange(current_, nullptr);
    auto seen = at();
    current_ = self;
    return seen;
  }

  // Called before each step of run(), outside of all threads.
  std::function<void()> before_step;
  // Wakes that get lost, in a thousand: a fault that the simulation must find.
  unsigned lost_wakes = 0;
  // The wall clock is ahead of the steady one by so much.
  std::chrono::seconds wall_clock_offset{0};
  std::uint64_t steps() const { return steps_; }
  std::uint64_t digest() const { return digest_; }
  void note(std::uint64_t value);
  // Waits until somebody notifies of it, or the simulation likes.
  void wait_for_news(const void* of, Time until);
  double seconds() const { return std::chrono::duration<double>(now_ - kBegin).count(); }

  Time now() override { return now_; }
  std::chrono::system_clock::time_point wall_clock_now() override;
  void pass() override;
  void sleep_until(Time until) override;
  void lock(const void* mutex) override;
  void unlock(const void* mutex) override;
  void wait(const void* condition, const void* mutex, Time until) override;
  void notify(const void* condition, bool all) override;
  std::uint64_t start(std::function<void()> body) override;
  void join(std::uint64_t thread) override;

 private:
  struct Stack;
  struct Fiber;
  enum class State : std::uint8_t { Ready, Sleeping, Waiting, Locking, Joining, Ended };

  static void enter();
  std::uint64_t add(Group group, std::function<void()> body);
  std::string run_group(const Group* only, std::uint64_t most_steps);
  std::vector<Fiber*>& runnable(const Group* only);
  bool skip_to_next_event(const Group* only);
  void step(Fiber& fiber);
  void give_way(State state);
  void switch_to_scheduler();
  void bury();
  void let_go(const void* mutex);
  Fiber* owner_of(const void* mutex) const;
  std::string stuck(const Group* only) const;

  Chance& chance_;
  static constexpr Time kBegin{std::chrono::hours(1000)};
  Time now_ = kBegin;
  const unsigned switches_;  // one pass in so many lets others run
  const unsigned lags_;      // one pass in so many takes long
  bool calm_ = false;
  std::uint64_t steps_ = 0;
  std::uint64_t digest_ = 14695981039346656037u;
  std::uint64_t started_ = 0;
  std::vector<std::unique_ptr<Fiber>> fibers_;  // those that have not ended
  std::vector<std::pair<const void*, Fiber*>> held_;
  std::vector<Fiber*> ready_;
  Fiber* current_ = nullptr;
};

}  // namespace aorta::simulation
