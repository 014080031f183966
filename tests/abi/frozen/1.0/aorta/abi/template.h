/* Template types: what turns a message into measurements. Plugin abilities "template/1", "template-names/1", "hints/1";
 * host interfaces "problems/1", "measurements/1". */
#ifndef AORTA_ABI_TEMPLATE_H
#define AORTA_ABI_TEMPLATE_H

#include "document.h"

#ifdef __cplusplus
extern "C" {
#endif

/* problems/1, used inside load(): what is wrong with a template, and where -------------------------------------- */
#define AORTA_AT_NODE 0    /* the value: its first character if a container, its last if not */
#define AORTA_AT_NAME 1    /* the member's name: the column of the colon after it */
#define AORTA_AT_NOWHERE 2 /* no position known */
typedef struct aorta_problems aorta_problems;
#define AORTA_PROBLEMS_ID "problems/1"
typedef struct aorta_problems_api {
  uint32_t size;
  uint32_t reserved;
  /* [main] One error of the mapping at `node`. */
  void (*add)(aorta_problems* problems, const aorta_node* node, int32_t at, aorta_str message);
} aorta_problems_api;

/* measurements/1, used inside apply() --------------------------------------------------------------------------- */
typedef struct aorta_measurement {
  uint32_t size;
  uint32_t reserved;
  aorta_str type;
  aorta_str device;
  aorta_str patient;     /* absent: not given; "" is kept */
  aorta_str encounter;   /* likewise */
  aorta_str correlation; /* likewise */
  aorta_time occurred;
  const aorta_pair* values; /* in the mapping's order; names may repeat */
  uint64_t value_count;
} aorta_measurement;
typedef struct aorta_measurements aorta_measurements;
#define AORTA_MEASUREMENTS_ID "measurements/1"
typedef struct aorta_measurements_api {
  uint32_t size;
  uint32_t reserved;
  /* [data] One measurement. The host copies what does not already live in the document. */
  void (*add)(aorta_measurements* out, const aorta_measurement* measurement);
} aorta_measurements_api;

/* template/1: one instance per entry of a device mapping. Pure: same document, same measurements. ----------------
 *
 * [data] is one thread at a time for an instance. To use several cores the host makes several instances of an entry,
 * loads each, and applies them to different messages at the same time: what instances share must not change. */
#define AORTA_TEMPLATE_ID "template/1"
typedef struct aorta_template {
  uint32_t size;
  uint32_t reserved;
  /* [main] Reads the entry's "template" object, once, before any apply. AORTA_REJECT when a problem was added;
   * AORTA_FATAL after fail(): nothing more of the mapping can be read. `body` and `document` are gone after the call.
   */
  int32_t (*load)(void* self, aorta_document* document, const aorta_node* body, aorta_problems* problems);
  /* [data] Adds the measurements of one message. What was added before a failure is kept. */
  int32_t (*apply)(void* self, aorta_document* document, aorta_measurements* out);
} aorta_template;

/* template-names/1, optional: what a loaded template makes, for cross-checks with FHIR mappings ------------------- */
#define AORTA_TEMPLATE_NAMES_ID "template-names/1"
typedef struct aorta_template_names {
  uint32_t size;
  uint32_t reserved;
  /* [main] The type of its measurements. Valid until destroy. */
  aorta_str (*type)(void* self);
  /* [main] The name of its index-th value, absent after the last. Valid until destroy. */
  aorta_str (*value)(void* self, uint64_t index);
} aorta_template_names;

/* hints/1, optional: lets the host pass over a template that a message can not match ------------------------------ */
#define AORTA_HINTS_ID "hints/1"
typedef struct aorta_hints {
  uint32_t size;
  uint32_t reserved;
  /* [main] After load(): the index-th name that every match needs, absent after the last. It promises: on a message in
   * which no object, the envelope included, has a member of exactly this name, apply() adds nothing and does not fail.
   * The host then need not call it. A template that gives no name is always applied. Valid until destroy. */
  aorta_str (*required_name)(void* self, uint64_t index);
} aorta_hints;

#ifdef __cplusplus
}
#endif
#endif
