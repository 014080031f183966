// Tells systemd, or whoever else speaks sd_notify, how a run is: ready, alive, stopping. Does nothing where nobody
// asked.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace aorta::cli {

class ServiceManager {
 public:
  // From NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID of the environment.
  ServiceManager();

  void ready(std::string_view status);
  void stopping();
  // Often: says that the run is alive, twice within the time that the manager waits for it.
  void alive(std::chrono::steady_clock::time_point now);

 private:
  void tell(const std::string& state) const;

  std::string socket_;
  std::chrono::microseconds every_{0};  // 0: nobody watches
  std::chrono::steady_clock::time_point told_{};
};

}  // namespace aorta::cli
