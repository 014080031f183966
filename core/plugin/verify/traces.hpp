// What a library may not leave behind in the process that loads it.
#pragma once

#include <string>
#include <vector>

namespace aorta::plugin::verify {

// This process as it is now.
struct Traces {
  std::size_t threads = 0;
  std::size_t children = 0;
  std::vector<std::string> files;  // open descriptors, as the kernel names them
  std::string folder;
  std::string locale;
  std::vector<const void*> signal_handlers;

  static Traces now();
};

// What differs, one sentence each, with what to do about it.
std::vector<std::string> differences(const Traces& before, const Traces& after);

}  // namespace aorta::plugin::verify
