#include "core/cli/service_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <optional>

#include "core/base/whole_number.hpp"

namespace aorta::cli {
namespace {

std::optional<std::int64_t> number_in(const char* variable) {
  const char* text = std::getenv(variable);
  return text ? whole_number<std::int64_t>(text) : std::nullopt;
}

}  // namespace

ServiceManager::ServiceManager() {
  if (const char* path = std::getenv("NOTIFY_SOCKET")) socket_ = path;
  auto watchdog = number_in("WATCHDOG_USEC");
  if (watchdog && number_in("WATCHDOG_PID").value_or(::getpid()) == ::getpid())
    every_ = std::chrono::microseconds(*watchdog / 2);
}

void ServiceManager::ready(std::string_view status) { tell("READY=1\nSTATUS=" + std::string(status)); }
void ServiceManager::stopping() { tell("STOPPING=1\nSTATUS=bringing what is on its way to its end"); }

void ServiceManager::alive(std::chrono::steady_clock::time_point now) {
  if (every_.count() == 0 || now - told_ < every_) return;
  told_ = now;
  tell("WATCHDOG=1");
}

// A datagram; "@" stands for the zero byte of an abstract address. That nobody listens is no reason to end.
void ServiceManager::tell(const std::string& state) const {
  sockaddr_un address{};
  if (socket_.empty() || socket_.size() >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  int to = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (to < 0) return;
  auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  (void)::sendto(to, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&address), size);
  ::close(to);
}

}  // namespace aorta::cli
