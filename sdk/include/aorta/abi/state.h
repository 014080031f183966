/* state/1: what an instance must know again after a restart, kept by the host: texts under keys, durable. Each source
 * and each sink of a pipeline has its own, by its name; one that is renamed begins with none. Not for template types.
 */
#ifndef AORTA_ABI_STATE_H
#define AORTA_ABI_STATE_H

#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Of one instance. Beyond them put() refuses: "state/key-too-long", "state/value-too-long", "state/full". */
#define AORTA_STATE_MAX_KEY 255       /* bytes; none is too few */
#define AORTA_STATE_MAX_VALUE 65536   /* bytes */
#define AORTA_STATE_MAX_ENTRIES 10000 /* keys */

#define AORTA_STATE_ID "state/1"
/* [call] for all of them: inside a call of the host to this instance, create() included, and on its thread. Errors:
 * AORTA_REJECT as above; AORTA_RETRY where the disk is full or fails: what was kept before stays as it was. In `aorta
 * test` and replays of dead letters it begins empty and is not kept. */
typedef struct aorta_state {
  uint32_t size;
  uint32_t reserved;
  /* Calls `give` with what is kept under `key`, any bytes; not at all where nothing is. It lives for the call. */
  int32_t (*get)(const aorta_host* host, aorta_str key, void* context, void (*give)(void* context, aorta_str value));
  /* Keeps all of these values in place of those before, or, if it fails, none. An absent value forgets its key. Durable
   * when it returns: that is a journey to the disk, so put together what belongs together, and not for each record. */
  int32_t (*put)(const aorta_host* host, const aorta_pair* entries, uint64_t count);
  /* Calls `give` with every entry whose key begins with `prefix`, in the order of the keys' bytes. It must not call
   * this interface. */
  int32_t (*each
  )(const aorta_host* host, aorta_str prefix, void* context,
    void (*give)(void* context, aorta_str key, aorta_str value));
} aorta_state;

#ifdef __cplusplus
}
#endif
#endif
