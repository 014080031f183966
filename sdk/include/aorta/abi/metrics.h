/* metrics/1: what an instance counts, shown at the host's /metrics as
 * aorta_plugin_<plugin>_<name>{pipeline,instance,...}. Not for template types. */
#ifndef AORTA_ABI_METRICS_H
#define AORTA_ABI_METRICS_H

#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AORTA_METRIC_COUNTER 0   /* only grows; its name ends with _total */
#define AORTA_METRIC_GAUGE 1     /* is what it was last set to */
#define AORTA_METRIC_HISTOGRAM 2 /* how many observations were at most each bound */

/* Of one instance. */
#define AORTA_METRICS_MAX_SERIES 100
#define AORTA_METRICS_MAX_LABELS 4
#define AORTA_METRICS_MAX_BOUNDS 32

typedef struct aorta_metric aorta_metric; /* the host's: one series */

/* A series: a name with fixed labels. Never anything of a patient or a device. */
typedef struct aorta_metric_definition {
  uint32_t size;
  int32_t type;             /* AORTA_METRIC_* */
  aorta_str name;           /* [a-z][a-z0-9_]*, at most 64: "polls_total", "answer_seconds" */
  aorta_str help;           /* one sentence */
  const aorta_pair* labels; /* names as above, without "pipeline", "instance" and "le"; values at most 128 bytes */
  uint64_t label_count;
  const double* bounds; /* of a histogram: rising, finite; the last bucket, without a bound, is added */
  uint64_t bound_count;
} aorta_metric_definition;

#define AORTA_METRICS_ID "metrics/1"
typedef struct aorta_metrics {
  uint32_t size;
  uint32_t reserved;
  /* [main] In create() or start(): the series, which lives as long as the instance; the same one where name and labels
   * are those of an earlier call. NULL after fail(): "metrics/invalid" (the message says what), "metrics/too-many". */
  aorta_metric* (*define)(const aorta_host* host, const aorta_metric_definition* definition);
  /* [any] A counter grows by `value` (0 or more), a gauge becomes it, a histogram observes it. What is no number, and
   * what would make a counter smaller, is left out. Costs a few nanoseconds. NULL is allowed. */
  void (*record)(const aorta_host* host, aorta_metric* metric, double value);
} aorta_metrics;

#ifdef __cplusplus
}
#endif
#endif
