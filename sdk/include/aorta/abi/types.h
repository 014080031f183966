/* Shared vocabulary of the Aorta plugin ABI. Pure C11; no include beyond <stdint.h>.
 *
 * Rules that hold for every function of every interface:
 *   - Text is UTF-8 as {pointer, length}, not NUL-terminated. data == NULL means "absent", which differs from "" .
 *   - Arguments live for the call. What a callee keeps, it copies.
 *   - Whoever allocates frees. Nothing is passed across to be freed by the other side.
 *   - No C++ exception crosses. A function that fails returns a code other than AORTA_OK and has said why through
 *     aorta_host.fail() on the same thread before it returned.
 *   - Structs that begin with `size` may grow at their end: the writer sets size = sizeof, the reader looks at a
 *     member only if it lies within size. Structs without `size` are frozen for ever.
 *   - [main]: called on one thread at a time, never together with another call of the same instance.
 *     [data]: called on one thread at a time per instance; another instance may run in parallel.
 *     [any]: may be called on any thread at any time.
 *     [call]: of the host's functions: inside a call of the host to this instance, on the thread of that call.
 */
#ifndef AORTA_ABI_TYPES_H
#define AORTA_ABI_TYPES_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The ABI that this header describes. A module states what it was built with; see aorta_module. */
#define AORTA_ABI_MAJOR 1
#define AORTA_ABI_MINOR 0

/* Borrowed UTF-8 text. Frozen. */
typedef struct aorta_str {
  const char* data;
  uint64_t size;
} aorta_str;

/* Result codes. An unknown positive code is to be treated as AORTA_FATAL. */
#define AORTA_OK 0        /* done */
#define AORTA_END 1       /* source: no record will ever come again */
#define AORTA_RETRY 2     /* not now (peer away, no credit): call again later; nothing was lost */
#define AORTA_REJECT 3    /* this record, value or expression is wrong and will be wrong next time */
#define AORTA_FATAL 4     /* this instance can do nothing more */
#define AORTA_CANCELLED 5 /* returned early because the host asked for it */

/* Where a record's way has ended. */
#define AORTA_WRITTEN 1       /* in the store, in a resource created for it or its group */
#define AORTA_MERGED 2        /* in the store, joined with what was there (or found there unchanged) */
#define AORTA_FILTERED 3      /* left out on purpose, by a rule that has a name */
#define AORTA_DEAD_LETTERED 4 /* durable in the dead-letter store, with its reason */

/* What the text of a time said of its zone. The instant is UTC in every case. */
#define AORTA_TIME_UNSPECIFIED 0 /* no zone written; read as UTC */
#define AORTA_TIME_UTC 1         /* "Z" */
#define AORTA_TIME_LOCAL 2       /* a numeric offset, converted to UTC */

/* A point in time: 100 ns ticks since 0001-01-01T00:00:00 (proleptic Gregorian). Frozen. */
typedef struct aorta_time {
  int64_t ticks;
  int32_t zone; /* AORTA_TIME_* */
  int32_t reserved;
} aorta_time;

/* A named text. Frozen. */
typedef struct aorta_pair {
  aorta_str name;
  aorta_str value;
} aorta_pair;

#ifdef __cplusplus
}
#endif
#endif
