// A worker as a process of the system.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>

#include "core/base/result.hpp"
#include "core/plugin/isolation.hpp"
#include "core/plugin/worker/bell.hpp"
#include "core/plugin/worker/channel.hpp"
#include "core/plugin/worker/shared_memory.hpp"

namespace aorta::plugin::worker {

// The word behind `aorta` that makes a worker of it. The worker finds what connects it to the host there.
inline constexpr const char* kVerb = "plugin-worker";
inline constexpr int kSocket = 3;
inline constexpr int kWorkerBell = 4;  // wakes the worker
inline constexpr int kHostBell = 5;
inline constexpr int kMemory = 6;

// Has nothing of the host but standard error, the working directory and a few variables of the environment (which say
// where and in which language); dies with the host. Its process group is its own.
class Process {
 public:
  // [any] Reason of failure: "no-worker", retryable.
  static Result<std::unique_ptr<Process>> spawn(const Isolation& isolation);
  // Kills what still runs.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  Channel& channel() { return channel_; }
  Board& board() { return memory_.board(); }
  pid_t id() const { return pid_; }

  // Waits `patience` for the process to end, then kills it and all that it started. How it ended: "signal 11
  // (SIGSEGV)", "exit status 3", "being killed". Once.
  std::string end(std::chrono::milliseconds patience);
  // No more is sent: the worker ends by itself soon after.
  void hang_up();

 private:
  Process(pid_t pid, int watch, int socket, Bell worker_bell, Bell host_bell, SharedMemory memory);
  bool ends_within(std::chrono::milliseconds patience) const;

  pid_t pid_;
  int watch_;  // readable once the process has died
  int socket_;
  Bell worker_bell_, host_bell_;
  SharedMemory memory_;
  Channel channel_;
};

}  // namespace aorta::plugin::worker
