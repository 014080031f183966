/* secret/1: a secret of the configuration as it is now. What create() was given is what the pipeline file's
 * ${file:...} or ${env:...} held when it was read; who rotates passwords and tokens writes that file anew. Not for
 * template types. */
#ifndef AORTA_ABI_SECRET_H
#define AORTA_ABI_SECRET_H

#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AORTA_SECRET_ID "secret/1"
typedef struct aorta_secret {
  uint32_t size;
  uint32_t reserved;
  /* [any] Calls `give` with what `member` of the configuration ("password", "auth.token") holds now: a file that it
   * stands for is read again once it has changed. It lives for the call; neither log nor keep it. AORTA_REJECT,
   * "secret/unknown": no member of this name was written as a reference. AORTA_RETRY, "secret/unavailable": its file
   * cannot be read, or holds what is no text. */
  int32_t (*read
  )(const aorta_host* host, aorta_str member, void* context, void (*give)(void* context, aorta_str value));
} aorta_secret;

#ifdef __cplusplus
}
#endif
#endif
