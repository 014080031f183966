/* expression/1: JSONPath and JMESPath, compiled once and evaluated many times over a document. */
#ifndef AORTA_ABI_EXPRESSION_H
#define AORTA_ABI_EXPRESSION_H

#include "document.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AORTA_LANGUAGE_JSON_PATH 0
#define AORTA_LANGUAGE_JMES_PATH 1

typedef struct aorta_expression aorta_expression;

#define AORTA_EXPRESSION_ID "expression/1"
typedef struct aorta_expression_api {
  uint32_t size;
  uint32_t reserved;
  /* [main] A plan for `text`, or NULL after fail(): the message names the expression, the column and the cause. */
  aorta_expression* (*compile)(const aorta_host* host, int32_t language, aorta_str text);
  /* [main] Frees what compile made. NULL is allowed. */
  void (*release)(aorta_expression* expression);
  /* [data] All tokens that the expression selects below `root`, in order. The array lives as long as the document.
   * JMESPath: one token per item of a projection, one for any other result but null. On failure (after fail()) the
   * tokens found before it are given too. */
  int32_t (*match
  )(const aorta_host* host, const aorta_expression* expression, aorta_document* document, const aorta_node* root,
    const aorta_node* const** tokens, uint64_t* count);
  /* [data] The one token that the expression selects, or NULL. More than one is AORTA_REJECT, reason "multiple-tokens".
   */
  int32_t (*one
  )(const aorta_host* host, const aorta_expression* expression, aorta_document* document, const aorta_node* root,
    const aorta_node** token);
  /* Added later: only there if `size` covers it. [main] The index-th name that a match needs, absent after the
   * last: where no object of the message has a member of exactly this name, match() gives no token and does not fail.
   * Valid until release. */
  aorta_str (*required_name)(const aorta_expression* expression, uint64_t index);
} aorta_expression_api;

#ifdef __cplusplus
}
#endif
#endif
