#include "core/cli/signals.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>

namespace aorta::cli {
namespace {

constexpr int kInterrupted = 130;
std::atomic<int> signals{0};
static_assert(std::atomic<int>::is_always_lock_free, "the handler may only touch lock-free atomics");

void on_signal(int) {
  if (signals.fetch_add(1) > 0) _exit(kInterrupted);
}

}  // namespace

void watch_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool signal_came() { return signals.load() > 0; }

}  // namespace aorta::cli
