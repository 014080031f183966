// What the last fail() on this thread said. Host functions that a plugin calls fail the same way as the plugin itself.
#pragma once

#include <cstdint>
#include <string>

#include "aorta/abi/types.h"
#include "core/base/result.hpp"

namespace aorta::plugin {

struct Failure {
  std::int32_t code = 0;  // AORTA_OK: nothing has failed
  std::string reason;
  std::string message;
};

// This thread's.
Failure& last_failure();
// Takes note of `error` and returns the code a host function gives for it: AORTA_RETRY, or `lasting`.
std::int32_t fail_with(const Error& error, std::int32_t lasting = AORTA_REJECT);

}  // namespace aorta::plugin
