/* clock/1: what time it is, and waiting for it. A plugin that asks here instead of the system can be tested without
 * waiting. Not for template types: the same message must give the same at any time. */
#ifndef AORTA_ABI_CLOCK_H
#define AORTA_ABI_CLOCK_H

#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AORTA_CLOCK_ID "clock/1"
typedef struct aorta_clock {
  uint32_t size;
  uint32_t reserved;
  /* [any] The time of day: aorta_time.ticks, UTC. It may step in either direction when somebody sets the clock. */
  int64_t (*now)(const aorta_host* host);
  /* [any] Nanoseconds since a moment of the host's: for durations. It never steps. */
  int64_t (*monotonic)(const aorta_host* host);
  /* [any] Returns AORTA_OK once so many milliseconds have passed on the monotonic clock, or AORTA_CANCELLED (without
   * fail) soon after the instance is to come to an end. A poll() waits no longer than it may. */
  int32_t (*wait)(const aorta_host* host, uint64_t milliseconds);
} aorta_clock;

#ifdef __cplusplus
}
#endif
#endif
