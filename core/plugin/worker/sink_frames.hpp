// The payloads of Type::Write and of what a sink asks of the host meanwhile.
//
//   groups:       count, then each: type, device, patient, encounter, correlation, number of measurements, these
//   measurement:  ticks, zone, number of values, these: name, text
//   endings:      per group: count, then each: kind, reason, the error if it failed
//   verdict:      code, the error if it is not AORTA_OK; behind AORTA_OK the answer itself
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aorta/abi/sink.h"
#include "core/plugin/handles.hpp"
#include "core/plugin/sink.hpp"
#include "core/plugin/worker/wire.hpp"

namespace aorta::plugin::worker {

// One group as a worker has it: what groups/1 tells, ready-made.
struct WorkerGroup {
  aorta_group_info info{};
  std::vector<aorta_group_measurement> measurements;
  std::vector<std::vector<aorta_pair>> values;  // of the measurements
  std::uint64_t index = 0;                      // in the write() it belongs to
};

// Texts point into the payload.
std::vector<WorkerGroup> take_groups(Reader& in);
void put_groups(Writer& out, const aorta_group* const* groups, std::size_t count);

void put_endings(Writer& out, const Sink::Endings& endings);
// `measurements`: how many there have to be.
Sink::Endings take_endings(Reader& in, std::size_t measurements);

inline void put_time(Writer& out, aorta_time time) {
  out.put(time.ticks);
  out.put(time.zone);
}
inline aorta_time take_time(Reader& in) {
  aorta_time time{};
  time.ticks = in.take<std::int64_t>();
  time.zone = in.take<std::int32_t>();
  return time;
}

}  // namespace aorta::plugin::worker
