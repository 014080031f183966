// How a plugin is kept apart from the host: `isolation: process` of a pipeline file.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace aorta::plugin {

struct Isolation {
  std::uint64_t memory = 1024ull * 1024 * 1024;  // bytes of address space (RLIMIT_AS); not kept under sanitizers
  std::chrono::milliseconds time_limit{10'000};  // for one batch
  unsigned max_crashes = 10;                     // within ten minutes: then no worker is started any more
  std::string program = "/proc/self/exe";        // an aorta: its worker is as old as the host that starts it
};

}  // namespace aorta::plugin
