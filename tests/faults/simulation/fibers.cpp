#include "tests/faults/simulation/fibers.hpp"

#include <sys/mman.h>
#include <ucontext.h>

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#define AORTA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define AORTA_ASAN 1
#endif
#endif
#ifdef AORTA_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

namespace aorta::simulation {
namespace {

using namespace std::chrono_literals;
constexpr std::size_t kStackBytes = 256 * 1024;
constexpr std::size_t kGuardBytes = 4096;
constexpr auto kLongestLag = 2s;

// Where somebody left off.
struct Place {
  ucontext_t context{};
  std::jmp_buf here{};
  bool entered = false;
  void* fake_stack = nullptr;  // of the address sanitizer
};

Place scheduler_place;  // of the real thread

// Leaves `from`, goes on at `to`. A context is good for entering; switching by it asks the system twice, which takes
// longer than all the rest.
void leave(Place& from, Place& to) {
#ifdef AORTA_ASAN
  ::swapcontext(&from.context, &to.context);
#else
  if (_setjmp(from.here) != 0) return;
  if (std::exchange(to.entered, true)) _longjmp(to.here, 1);
  ::setcontext(&to.context);
#endif
}

#ifdef AORTA_ASAN
struct {
  const void* bottom = nullptr;
  std::size_t size = 0;
} scheduler_stack;  // of the real thread
#endif

Fibers* the_fibers() { return static_cast<Fibers*>(Scheduler::simulated); }

}  // namespace

// Kept for the next fiber: making one costs more than a run's whole scheduling.
struct Fibers::Stack {
  void* memory = nullptr;

  static Stack take() {
    if (!spare().empty()) {
      Stack stack = spare().back();
      spare().pop_back();
      return stack;
    }
    void* memory = ::mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED || ::mprotect(memory, kGuardBytes, PROT_NONE) != 0) std::abort();
    return {memory};
  }
  void give_back() { spare().push_back(*this); }
  char* bottom() const { return static_cast<char*>(memory) + kGuardBytes; }
  static constexpr std::size_t size() { return kStackBytes - kGuardBytes; }

 private:
  static std::vector<Stack>& spare() {
    static std::vector<Stack> stacks;
    return stacks;
  }
};

struct Fibers::Fiber {
  std::uint64_t number = 0;
  Group group = kWorld;
  std::function<void()> body;
  Stack stack;
  Place place;
  State state = State::Ready;
  const void* waits_for = nullptr;  // a condition or a mutex
  std::uint64_t joins = 0;
  Time until = Time::max();
};

// One run --------------------------------------------------------------------------------------------------------

Fibers::Fibers(Chance& chance)
    : chance_(chance), switches_(chance.of({1u, 2u, 4u, 16u})), lags_(chance.of({100u, 1000u, 100'000u})) {
  Scheduler::simulated = this;
}

Fibers::~Fibers() {
  for (auto& fiber : fibers_) fiber->stack.give_back();
  Scheduler::simulated = nullptr;
}

void Fibers::note(std::uint64_t value) {
  for (int i = 0; i < 8; ++i, value >>= 8) digest_ = (digest_ ^ (value & 0xFF)) * 1099511628211u;
}

std::chrono::system_clock::time_point Fibers::wall_clock_now() {
  constexpr auto kFirstDay = std::chrono::sys_days{std::chrono::year(2026) / 1 / 1};
  auto since = std::chrono::duration_cast<std::chrono::system_clock::duration>(now_.time_since_epoch());
  return kFirstDay + since + wall_clock_offset;
}

std::string Fibers::run(std::uint64_t most_steps) { return run_group(nullptr, most_steps); }

std::string Fibers::finish(Group group, std::uint64_t most_steps) {
  Time stopped_at = now_;
  calm_ = true;
  std::string problem = run_group(&group, most_steps);
  calm_ = false;
  now_ = stopped_at;
  return problem;
}

std::string Fibers::run_group(const Group* only, std::uint64_t most_steps) {
  for (std::uint64_t taken = 0;; ++taken) {
    if (!only && before_step) before_step();
    if (runnable(only).empty()) {
      bool any = std::any_of(fibers_.begin(), fibers_.end(), [&](const auto& f) { return !only || f->group == *only; });
      if (!any) return {};
      if (!skip_to_next_event(only)) return "nobody can go on: " + stuck(only);
      continue;
    }
    if (taken >= most_steps) return "comes to no end: " + stuck(only);
    step(*ready_[chance_.below(ready_.size())]);
    bury();
  }
}

// Whoever could run now.
std::vector<Fibers::Fiber*>& Fibers::runnable(const Group* only) {
  ready_.clear();
  for (auto& fiber : fibers_) {
    if (only && fiber->group != *only) continue;
    bool timed = fiber->state == State::Sleeping || fiber->state == State::Waiting;
    if (timed && fiber->until <= now_) fiber->state = State::Ready;
    if (fiber->state == State::Ready) ready_.push_back(fiber.get());
  }
  return ready_;
}

bool Fibers::skip_to_next_event(const Group* only) {
  Time next = Time::max();
  for (auto& fiber : fibers_) {
    if (only && fiber->group != *only) continue;
    if (fiber->state == State::Sleeping || fiber->state == State::Waiting) next = std::min(next, fiber->until);
  }
  now_ = next;
  return next != Time::max();
}

void Fibers::step(Fiber& fiber) {
  ++steps_;
  now_ += std::chrono::nanoseconds(chance_.between(100, 20'000));
  note(fiber.number);
  current_ = &fiber;
#ifdef AORTA_ASAN
  __sanitizer_start_switch_fiber(&scheduler_place.fake_stack, fiber.stack.bottom(), Stack::size());
#endif
  scheduler_place.entered = true;
  leave(scheduler_place, fiber.place);
#ifdef AORTA_ASAN
  __sanitizer_finish_switch_fiber(scheduler_place.fake_stack, nullptr, nullptr);
#endif
  current_ = nullptr;
}

void Fibers::bury() {
  auto ended = [](const auto& fiber) { return fiber->state == State::Ended; };
  auto found = std::find_if(fibers_.begin(), fibers_.end(), ended);
  if (found == fibers_.end()) return;
  (*found)->stack.give_back();
  fibers_.erase(found);
}

std::string Fibers::stuck(const Group* only) const {
  static constexpr const char* kNames[] = {"ready", "sleeping", "waiting", "locking", "joining", "ended"};
  std::string out;
  for (const auto& fiber : fibers_) {
    if (only && fiber->group != *only) continue;
    out += (out.empty() ? "" : ", ") + std::to_string(fiber->group) + "/" + std::to_string(fiber->number) + " " +
           kNames[static_cast<int>(fiber->state)];
  }
  return out;
}

// Threads --------------------------------------------------------------------------------------------------------

void Fibers::enter() {
  Fibers& self = *the_fibers();
#ifdef AORTA_ASAN
  const void* bottom = nullptr;
  std::size_t size = 0;
  __sanitizer_finish_switch_fiber(nullptr, &bottom, &size);
  scheduler_stack = {bottom, size};
#endif
  self.current_->body();
  self.current_->body = nullptr;
  for (auto& fiber : self.fibers_) {
    if (fiber->state == State::Joining && fiber->joins == self.current_->number) fiber->state = State::Ready;
  }
  self.give_way(State::Ended);
}

std::uint64_t Fibers::add(Group group, std::function<void()> body) {
  auto fiber = std::make_unique<Fiber>();
  fiber->number = ++started_;
  fiber->group = group;
  fiber->body = std::move(body);
  fiber->stack = Stack::take();
  ::getcontext(&fiber->place.context);
  fiber->place.context.uc_stack.ss_sp = fiber->stack.bottom();
  fiber->place.context.uc_stack.ss_size = Stack::size();
  fiber->place.context.uc_link = nullptr;
  ::makecontext(&fiber->place.context, &Fibers::enter, 0);
  fibers_.push_back(std::move(fiber));
  return started_;
}

std::uint64_t Fibers::start(std::function<void()> body) {
  std::uint64_t number = add(current_ ? current_->group : kWorld, std::move(body));
  pass();
  return number;
}

void Fibers::start_in(Group group, std::function<void()> body) { add(group, std::move(body)); }

void Fibers::join(std::uint64_t thread) {
  auto lives = [&](const auto& f) { return f->number == thread && f->state != State::Ended; };
  while (std::any_of(fibers_.begin(), fibers_.end(), lives)) {
    current_->joins = thread;
    give_way(State::Joining);
  }
}

void Fibers::give_way(State state) {
  current_->state = state;
  switch_to_scheduler();
}

void Fibers::switch_to_scheduler() {
  Fiber& self = *current_;
#ifdef AORTA_ASAN
  bool ends = self.state == State::Ended;
  __sanitizer_start_switch_fiber(ends ? nullptr : &self.place.fake_stack, scheduler_stack.bottom, scheduler_stack.size);
#endif
  leave(self.place, scheduler_place);
#ifdef AORTA_ASAN
  __sanitizer_finish_switch_fiber(self.place.fake_stack, nullptr, nullptr);
#endif
}

void Fibers::pass() {
  if (!current_) return;
  if (!calm_ && chance_.one_in(lags_)) return sleep_until(now_ + chance_.time(kLongestLag));
  if (chance_.one_in(switches_)) give_way(State::Ready);
}

void Fibers::sleep_until(Time until) {
  if (!current_) return;
  current_->until = until;
  give_way(State::Sleeping);
}

// What they share ------------------------------------------------------------------------------------------------

Fibers::Fiber* Fibers::owner_of(const void* mutex) const {
  auto found = std::find_if(held_.begin(), held_.end(), [&](const auto& one) { return one.first == mutex; });
  return found == held_.end() ? nullptr : found->second;
}

void Fibers::lock(const void* mutex) {
  if (!current_) return;
  pass();
  while (owner_of(mutex)) {
    current_->waits_for = mutex;
    give_way(State::Locking);
  }
  held_.emplace_back(mutex, current_);
}

void Fibers::unlock(const void* mutex) {
  if (!current_) return;
  let_go(mutex);
  pass();
}

void Fibers::let_go(const void* mutex) {
  std::erase_if(held_, [&](const auto& one) { return one.first == mutex; });
  for (auto& fiber : fibers_) {
    if (fiber->state == State::Locking && fiber->waits_for == mutex) fiber->state = State::Ready;
  }
}

void Fibers::wait(const void* condition, const void* mutex, Time until) {
  let_go(mutex);
  wait_for_news(condition, until);
  lock(mutex);
}

void Fibers::wait_for_news(const void* of, Time until) {
  constexpr unsigned kSpurious = 500;
  current_->waits_for = of;
  current_->until = chance_.one_in(kSpurious) ? now_ : until;
  give_way(State::Waiting);
}

void Fibers::notify(const void* condition, bool all) {
  if (lost_wakes > 0 && chance_.below(1000) < lost_wakes) return;
  std::vector<Fiber*> waiting;
  for (auto& fiber : fibers_) {
    if (fiber->state == State::Waiting && fiber->waits_for == condition) waiting.push_back(fiber.get());
  }
  if (!all && waiting.size() > 1) waiting = {waiting[chance_.below(waiting.size())]};
  for (Fiber* fiber : waiting) fiber->state = State::Ready;
  pass();
}

}  // namespace aorta::simulation
