#include "core/cli/signals.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>

namespace aorta::cli {
namespace {

constexpr int kInterrupted = 130;
std::atomic<int> signals{0};
std::atomic<bool> hung_up{false};
bool on_a_terminal = false;
static_assert(std::atomic<int>::is_always_lock_free, "the handler may only touch lock-free atomics");

void on_signal(int) {
  if (signals.fetch_add(1) > 0) _exit(kInterrupted);
}

void on_hang_up(int) { hung_up = true; }

void watch(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(signal, &action, nullptr);
}

}  // namespace

void watch_signals() {
  on_a_terminal = ::isatty(STDIN_FILENO) != 0;
  watch(SIGINT, on_signal);
  watch(SIGTERM, on_signal);
  watch(SIGHUP, on_hang_up);
}

bool signal_came() { return signals.load() > 0; }

bool reload_asked() {
  if (!hung_up.exchange(false)) return false;
  if (!on_a_terminal || ::isatty(STDIN_FILENO) != 0) return true;
  signals = std::max(1, signals.load());
  return false;
}

}  // namespace aorta::cli
