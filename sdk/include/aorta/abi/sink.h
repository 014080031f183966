/* Sinks: where groups of measurements end. Plugin ability "sink/1"; host interfaces "groups/1", "results/1",
 * "observation/1". */
#ifndef AORTA_ABI_SINK_H
#define AORTA_ABI_SINK_H

#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

/* groups/1 ------------------------------------------------------------------------------------------------------- */
typedef struct aorta_group
    aorta_group; /* measurements of one device, type, patient, encounter and correlation in one flush */

typedef struct aorta_group_info {
  uint32_t size; /* set by the caller */
  uint32_t reserved;
  aorta_str type;
  aorta_str device;
  aorta_str patient;
  aorta_str encounter;
  aorta_str correlation;
  uint64_t measurement_count;
} aorta_group_info;

typedef struct aorta_group_measurement {
  uint32_t size; /* set by the caller */
  uint32_t reserved;
  aorta_time occurred;
  const aorta_pair* values;
  uint64_t value_count;
} aorta_group_measurement;

#define AORTA_GROUPS_ID "groups/1"
typedef struct aorta_groups_api {
  uint32_t size;
  uint32_t reserved;
  /* [data] Fills `info`. */
  void (*info)(const aorta_group* group, aorta_group_info* info);
  /* [data] Fills `measurement` with the index-th; 0 when there is none. */
  int32_t (*measurement)(const aorta_group* group, uint64_t index, aorta_group_measurement* measurement);
} aorta_groups_api;

/* results/1: what became of each measurement --------------------------------------------------------------------- */
typedef struct aorta_results aorta_results; /* the host's, for one write() */
#define AORTA_RESULTS_ID "results/1"
typedef struct aorta_results_api {
  uint32_t size;
  uint32_t reserved;
  /* [data] Measurement `measurement` of group `group` ended as AORTA_WRITTEN, AORTA_MERGED or AORTA_FILTERED (`reason`
   * names the rule). */
  void (*ended)(aorta_results* results, uint64_t group, uint64_t measurement, int32_t outcome, aorta_str reason);
  /* [data] It cannot be written: its record goes to the dead letters with this reason and message. */
  void (*failed)(aorta_results* results, uint64_t group, uint64_t measurement, aorta_str reason, aorta_str message);
} aorta_results_api;

/* sink/1 --------------------------------------------------------------------------------------------------------- */
#define AORTA_SINK_ID "sink/1"
typedef struct aorta_sink {
  uint32_t size;
  uint32_t reserved;
  /* [data] Writes the groups, in order, and says of each measurement what became of it. When it returns AORTA_OK, each
   * measurement it said nothing of counts as failed ("sink-said-nothing"). AORTA_RETRY: nothing is settled, the same
   * groups come again. AORTA_REJECT: they come again in halves, until those that are refused stand alone; these become
   * dead letters. AORTA_FATAL ends the pipeline. */
  int32_t (*write)(void* self, const aorta_group* const* groups, uint64_t count, aorta_results* results);
} aorta_sink;

/* observation/1: the host's Observation engine (CodeValueFhir mappings, merge, identity, the sink's store) ----------
 */
typedef struct aorta_observation_mapping aorta_observation_mapping;

/* One Observation of a group. */
typedef struct aorta_observation_part {
  uint32_t size; /* set by the host */
  uint32_t reserved;
  aorta_str system; /* of its identifier */
  aorta_str value;
  aorta_time start; /* its period */
  aorta_time end;
  const uint64_t* measurements; /* indexes of those it is made of */
  uint64_t measurement_count;
} aorta_observation_part;

#define AORTA_OBSERVATION_ID "observation/1"
typedef struct aorta_observation_api {
  uint32_t size;
  uint32_t reserved;
  /* [main] A FHIR mapping (CollectionFhir) from its text; `file` is its name for messages. NULL after fail(). */
  aorta_observation_mapping* (*load)(const aorta_host* host, aorta_str file, aorta_str text);
  /* [main] Frees what load made. NULL is allowed. */
  void (*release)(aorta_observation_mapping* mapping);
  /* [data] Resolves Device and Patient of each group, builds or merges its Observations, saves them in the store that
   * the pipeline gave to this sink, and reports every measurement. Codes as sink/1 write(). */
  int32_t (*write
  )(const aorta_host* host, aorta_observation_mapping* mapping, const aorta_group* const* groups, uint64_t count,
    aorta_results* results);
  /* Added later: only there if `size` covers it. [data] Tells `each` the Observations that write() makes of a group
   * whose Patient and Device have these ids; what it is given lives for the call. AORTA_REJECT after fail() where the
   * mapping makes none of it. Nothing is read or written. */
  int32_t (*parts
  )(const aorta_host* host, aorta_observation_mapping* mapping, const aorta_group* group, aorta_str patient,
    aorta_str device, void* self, void (*each)(void* self, const aorta_observation_part* part));
  /* Added later: only there if `size` covers it. [main] As load, of Observations that conform to a profile:
   * "vital-signs". What the mapping lacks for it is a fault of the mapping. */
  aorta_observation_mapping* (*load_with_profile
  )(const aorta_host* host, aorta_str file, aorta_str text, aorta_str profile);
} aorta_observation_api;

#ifdef __cplusplus
}
#endif
#endif
