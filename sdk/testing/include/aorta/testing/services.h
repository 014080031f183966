/* What a plugin's test needs of the host's own code: documents as the host reads them, expressions as it evaluates
 * them. libaorta-services.so, installed with the SDK, exports `const aorta_services aorta_services_v1`; it is plain C
 * on the outside, so that any compiler's tests link with it. */
#ifndef AORTA_TESTING_SERVICES_H
#define AORTA_TESTING_SERVICES_H

#include "aorta/abi/expression.h"
#include "aorta/abi/fhir.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A store in memory with fhir/1 over it, done by the host's own code: Devices and Patients are made where they are
 * missing. For one instance under test. */
typedef struct aorta_test_store aorta_test_store;

typedef struct aorta_services {
  uint32_t size;
  uint32_t reserved;
  const aorta_document_api* document;
  const aorta_expression_api* expression;
  /* [any] A message's envelope. An absent `properties` or `system_properties` is {}. The texts are copied. NULL after
   * host->fail where a text is no JSON. */
  aorta_document* (*read_message
  )(const aorta_host* host, aorta_str body, aorta_str properties, aorta_str system_properties);
  /* [any] Any JSON value, as a mapping file is read. NULL after host->fail. */
  aorta_document* (*read_value)(const aorta_host* host, aorta_str text);
  /* [any] Frees what a read_* made. NULL is allowed. */
  void (*release)(aorta_document* document);
  /* [main] An empty store, and its end. NULL may be released. */
  aorta_test_store* (*make_store)(void);
  void (*release_store)(aorta_test_store* store);
  /* [data] As the functions of fhir/1. `groups_api` reads the groups, of which each has a measurement. */
  int32_t (*identify
  )(aorta_test_store* store, const aorta_host* host, const aorta_groups_api* groups_api,
    const aorta_group* const* groups, uint64_t count, void* self,
    void (*each)(void* self, uint64_t index, const aorta_fhir_identity* identity));
  int32_t (*find
  )(aorta_test_store* store, const aorta_host* host, const aorta_fhir_name* const* names, uint64_t count, void* self,
    void (*each)(void* self, uint64_t index, aorta_str id, aorta_document* resource));
  int32_t (*update)(aorta_test_store* store, const aorta_host* host, const aorta_fhir_job* const* jobs, uint64_t count);
  void (*fhir_id)(aorta_str system, aorta_str value, char* out);
  /* [any] Every resource of the store, by type and id; what `each` is given lives for the call. */
  void (*each_resource
  )(const aorta_test_store* store, void* self, void (*each)(void* self, aorta_str type, aorta_str id, aorta_str json));
} aorta_services;

#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
extern const aorta_services aorta_services_v1;

#ifdef __cplusplus
}
#endif
#endif
