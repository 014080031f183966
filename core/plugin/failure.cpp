#include "core/plugin/failure.hpp"

namespace aorta::plugin {

Failure& last_failure() {
  thread_local Failure failure;
  return failure;
}

std::int32_t fail_with(const Error& error, std::int32_t lasting) {
  std::int32_t code = error.retryable() ? AORTA_RETRY : lasting;
  last_failure() = {code, std::string(error.reason()), std::string(error.message())};
  return code;
}

}  // namespace aorta::plugin
