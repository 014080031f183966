#include "core/plugin/worker/bell.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace aorta::plugin::worker {

Result<Bell> Bell::make() {
  int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (descriptor >= 0) return Bell(descriptor);
  std::string why = std::generic_category().message(errno);
  return Error("no-worker", "no worker process can be started: eventfd: " + why, true);
}

Bell::Bell(Bell&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

Bell::~Bell() {
  if (descriptor_ >= 0) close(descriptor_);
}

// One that cannot be rung any more is readable, or its other side is gone, which the socket tells.
void Bell::ring() const {
  std::uint64_t once = 1;
  [[maybe_unused]] ssize_t written = write(descriptor_, &once, sizeof once);
}

void Bell::silence() const {
  std::uint64_t times;
  [[maybe_unused]] ssize_t got = read(descriptor_, &times, sizeof times);
}

}  // namespace aorta::plugin::worker
