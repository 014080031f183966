// The thread that all workers are children of. A child that is to die with its parent dies with the thread that forked
// it, so that thread must live as long as the host.
#pragma once

#include <sys/types.h>

#include <functional>

namespace aorta::plugin::worker {

// Runs `fork_child` there and gives its answer; errno as it left it. [any]
pid_t in_nursery(const std::function<pid_t()>& fork_child);

}  // namespace aorta::plugin::worker
