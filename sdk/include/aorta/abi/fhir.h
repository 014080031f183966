/* fhir/1: FHIR resources of any type, for sinks: whom a group belongs to, what the sink's store holds, and writing that
 * loses nothing when others write at the same time. All of it is for use inside sink/1 write(). */
#ifndef AORTA_ABI_FHIR_H
#define AORTA_ABI_FHIR_H

#include "document.h"
#include "sink.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whom a group belongs to: FHIR ids, as the store's identity mode finds or creates them. */
typedef struct aorta_fhir_identity {
  uint32_t size; /* set by the host */
  int32_t code;  /* AORTA_OK, or AORTA_REJECT: there is none, for the reason below */
  aorta_str device;
  aorta_str patient;
  aorta_str encounter; /* absent: none */
  aorta_str reason;    /* "identity/patient-not-found"; absent where code is AORTA_OK, as is the next one */
  aorta_str message;
} aorta_fhir_identity;

/* A resource by one of its identifiers; an absent or empty system is any. Frozen. */
typedef struct aorta_fhir_name {
  aorta_str type; /* "Observation" */
  aorta_str system;
  aorta_str value;
} aorta_fhir_name;

/* A resource that is to be in the store. */
typedef struct aorta_fhir_job {
  uint32_t size;
  uint32_t reserved;
  /* Its type, and the identifier that is its own: one that carries it is merged with, else one is created, under the id
   * that id() gives. With an absent identifier value `id` says which one is meant: it must be there. */
  aorta_fhir_name name;
  aorta_str id;
  void* self;
  /* [data] The whole resource as JSON text, its id as given; it needs to live until the next call for this job.
   * `existing`: what is stored, or NULL; it lives for the call. AORTA_OK with an absent text leaves the store as it is.
   * Called again after each conflict, with what then is stored: it must not count how often. Where the text says the
   * same as what is stored (members in any order, numbers by value) nothing is written. */
  int32_t (*compose)(void* self, aorta_str id, aorta_document* existing, aorta_str* json);
  /* [data] Once per job, before update() returns AORTA_OK. `outcome`: AORTA_WRITTEN created; AORTA_MERGED changed, or
   * found as it should be; AORTA_FILTERED compose() left it out; else a failure with its reason ("resource/conflict")
   * and message. `id`: where it stands in the store; absent after a failure. */
  void (*ended)(void* self, int32_t outcome, aorta_str id, aorta_str reason, aorta_str message);
} aorta_fhir_job;

#define AORTA_FHIR_ID_LENGTH 64

#define AORTA_FHIR_ID "fhir/1"
typedef struct aorta_fhir_api {
  uint32_t size;
  uint32_t reserved;
  /* [data] Tells `each` whom every group belongs to, in order; what it is given lives for the call. Codes of all three:
   * AORTA_RETRY and AORTA_FATAL concern the store as a whole: return them from write(). */
  int32_t (*identify
  )(const aorta_host* host, const aorta_group* const* groups, uint64_t count, void* self,
    void (*each)(void* self, uint64_t index, const aorta_fhir_identity* identity));
  /* [data] Tells `each` every resource that carries one of the names; `index` is the name's. What it is given lives for
   * the call. */
  int32_t (*find
  )(const aorta_host* host, const aorta_fhir_name* const* names, uint64_t count, void* self,
    void (*each)(void* self, uint64_t index, aorta_str id, aorta_document* resource));
  /* [data] Finds, composes and saves all of them, in as few journeys to the store as can be; conflicts with other
   * writers are read and composed again. Jobs of one name take turns. */
  int32_t (*update)(const aorta_host* host, const aorta_fhir_job* const* jobs, uint64_t count);
  /* [any] The id of a resource that is created with this identifier: AORTA_FHIR_ID_LENGTH characters to `out`, a pure
   * function (lower-case hexadecimal SHA-256 of "<system>_<value>"). */
  void (*id)(aorta_str system, aorta_str value, char* out);
} aorta_fhir_api;

#ifdef __cplusplus
}
#endif
#endif
