/* What the host gives to each plugin instance. Further abilities are asked for by id: host->get(host, "log/1"). */
#ifndef AORTA_ABI_HOST_H
#define AORTA_ABI_HOST_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aorta_host {
  uint32_t size;
  uint32_t abi_minor; /* of the host; its major equals the module's */
  void* context;      /* the host's own */

  /* [any] The interface with this id and revision ("document/1"), or NULL where this host has none. The pointer
   * stays valid as long as the instance. Ids of this release: log/1, cancel/1, failure/1, records/1, receipts/1,
   * document/1, expression/1, measurements/1, problems/1, groups/1, results/1, observation/1, fhir/1, trace/1,
   * http-routes/1, and for sources and sinks clock/1, state/1, metrics/1, secret/1, http-client/1: each in a header
   * beside this one. */
  const void* (*get)(const struct aorta_host* host, aorta_str interface_id);

  /* [any] Says why the current call is about to return `code`. `reason` is a short kebab-case token that operators can
   * count and filter by ("required-value-missing"); `message` one sentence: what, where, what to do. No payload of a
   * patient. The last call on this thread before returning wins. */
  void (*fail)(const struct aorta_host* host, int32_t code, aorta_str reason, aorta_str message);
} aorta_host;

/* log/1 --------------------------------------------------------------------------------------------------------- */
#define AORTA_LOG_ID "log/1"
#define AORTA_LOG_DEBUG 0
#define AORTA_LOG_INFO 1
#define AORTA_LOG_WARNING 2
#define AORTA_LOG_ERROR 3
typedef struct aorta_log {
  uint32_t size;
  uint32_t reserved;
  /* [any] One line to the operator, prefixed by the host with the instance's name. Never what a device sent. */
  void (*write)(const aorta_host* host, int32_t level, aorta_str message);
} aorta_log;

/* failure/1 ----------------------------------------------------------------------------------------------------- */
#define AORTA_FAILURE_ID "failure/1"
typedef struct aorta_failure {
  uint32_t size;
  uint32_t reserved;
  /* [any] What the last fail() on this thread said, the host's own functions included. Texts live until the next host
   * call on this thread. Out parameters must not be NULL; AORTA_OK and absent texts where nothing has failed. */
  void (*last)(const aorta_host* host, int32_t* code, aorta_str* reason, aorta_str* message);
} aorta_failure;

/* cancel/1 ------------------------------------------------------------------------------------------------------ */
#define AORTA_CANCEL_ID "cancel/1"
typedef struct aorta_cancel {
  uint32_t size;
  uint32_t reserved;
  /* [any] Non-zero once this instance is to come to an end: a call that waits returns AORTA_CANCELLED soon after. */
  int32_t (*cancelled)(const aorta_host* host);
} aorta_cancel;

#ifdef __cplusplus
}
#endif
#endif
