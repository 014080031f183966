// The other end: what a worker process does, all its life.
#pragma once

#include <string_view>

namespace aorta::plugin::worker {

// `aorta plugin-worker`, with the connection at descriptors 3 and 4. Returns the exit status once the host hangs up.
int serve();

}  // namespace aorta::plugin::worker
