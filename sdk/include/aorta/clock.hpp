// What time it is, and waiting for it; a test sets both (aorta/testing/fakes.hpp). For sources and sinks.
#pragma once

#include <chrono>

#include "aorta/abi/clock.h"
#include "aorta/host.hpp"
#include "aorta/status.hpp"

namespace aorta {

// All of it on any thread. Valid as long as the plugin instance.
class Clock {
 public:
  // Throws Fatal where the host has no clock/1.
  explicit Clock(Host host) : host_(host), api_(&host.need<aorta_clock>(AORTA_CLOCK_ID)) {}

  // The time of day, UTC. It may step.
  aorta_time now() const { return {api_->now(host_.raw()), AORTA_TIME_UTC, 0}; }
  // Since a moment of the host's: for durations. It never steps.
  std::chrono::nanoseconds monotonic() const { return std::chrono::nanoseconds(api_->monotonic(host_.raw())); }
  // Until so much time has passed (Ok), or soon after the instance is to come to an end (Cancelled).
  Status wait(std::chrono::milliseconds time) const {
    auto milliseconds = time.count() > 0 ? static_cast<std::uint64_t>(time.count()) : 0;
    return static_cast<Status>(api_->wait(host_.raw(), milliseconds));
  }

 private:
  Host host_;
  const aorta_clock* api_;
};

}  // namespace aorta
