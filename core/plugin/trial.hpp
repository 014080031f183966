// A library is loaded elsewhere first: its constructors are vendor code, and run before it can be asked anything.
#pragma once

#include <filesystem>

#include "core/base/result.hpp"

namespace aorta::plugin {

// Loads it in a child process, which is killed after five seconds. Refused: one that ends, crashes or hangs the process
// that loads it, or leaves threads, children, open files, another locale, folder or signal handlers. One that cannot be
// loaded at all passes: whoever loads it learns why. Reason "plugin-refused". [main]
Result<void> survive_loading(const std::filesystem::path& library);

}  // namespace aorta::plugin
