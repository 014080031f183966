// Interfaces that do what the host's own do and tell a recorder of it, for instances whose calls are to be explained.
#pragma once

#include <string_view>

#include "core/mapping/trace.hpp"

namespace aorta::plugin {

// The interface with this id as an instance with a recorder sees it; nullptr: as every other. [any]
const void* traced_interface(std::string_view id);

// While it lives, calls on this thread are recorded; `recorder` may be nullptr.
class Recording {
 public:
  explicit Recording(mapping::TraceRecorder* recorder);
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
};

}  // namespace aorta::plugin
