/* What a plugin's test needs of the host's own code: documents as the host reads them, expressions as it evaluates
 * them. libaorta-services.so, installed with the SDK, exports `const aorta_services aorta_services_v1`; it is plain C
 * on the outside, so that any compiler's tests link with it. */
#ifndef AORTA_TESTING_SERVICES_H
#define AORTA_TESTING_SERVICES_H

#include "aorta/abi/expression.h"

#ifdef __cplusplus
extern "C" {
#endif

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
} aorta_services;

#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
extern const aorta_services aorta_services_v1;

#ifdef __cplusplus
}
#endif
#endif
