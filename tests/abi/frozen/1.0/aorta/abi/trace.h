/* trace/1: a template says which field of a measurement it is about to read, for `aorta explain`. Absent where nobody
 * listens, which is whenever messages are carried: ask once, when the instance is created, and call only if it is
 * there. What a template evaluates and converts the host sees by itself; this adds the names. */
#ifndef AORTA_ABI_TRACE_H
#define AORTA_ABI_TRACE_H

#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a field is to a measurement. */
#define AORTA_FIELD_MATCH 0 /* finds the places that become measurements */
#define AORTA_FIELD_DEVICE 1
#define AORTA_FIELD_TIME 2
#define AORTA_FIELD_CORRELATION 3
#define AORTA_FIELD_PATIENT 4
#define AORTA_FIELD_ENCOUNTER 5
#define AORTA_FIELD_VALUE 6

#define AORTA_TRACE_ID "trace/1"
typedef struct aorta_trace {
  uint32_t size;
  uint32_t reserved;
  /* [data] Until the next call, what is evaluated and converted serves this field. `name`: of a value, as FHIR mappings
   * call it; absent for the others. `required`: non-zero where the measurement fails without it. */
  void (*reading)(const aorta_host* host, int32_t field, aorta_str name, int32_t required);
} aorta_trace;

#ifdef __cplusplus
}
#endif
#endif
