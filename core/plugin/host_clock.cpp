// clock/1
#include <algorithm>
#include <chrono>
#include <thread>

#include "core/base/time.hpp"
#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/instance.hpp"

namespace aorta::plugin {
namespace {

using std::chrono::milliseconds;
using Monotonic = std::chrono::steady_clock;

constexpr milliseconds kSlice{20};  // how soon a cancelled wait ends
constexpr std::uint64_t kLongest = 366ull * 24 * 3600 * 1000;

std::int64_t now(const aorta_host*) { return utc_now().ticks; }

std::int64_t monotonic(const aorta_host*) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Monotonic::now().time_since_epoch()).count();
}

std::int32_t wait(const aorta_host* host, std::uint64_t time) {
  Monotonic::time_point end = Monotonic::now() + milliseconds(std::min(time, kLongest));
  while (!Instance::of(host).cancelled()) {
    Monotonic::time_point now = Monotonic::now();
    if (now >= end) return AORTA_OK;
    std::this_thread::sleep_until(std::min(end, now + kSlice));
  }
  return AORTA_CANCELLED;
}

}  // namespace

const aorta_clock kClockApi{sizeof(aorta_clock), 0, &now, &monotonic, &wait};

}  // namespace aorta::plugin
