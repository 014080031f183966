/* The one symbol that a plugin library exports, and the instance that it makes. */
#ifndef AORTA_ABI_MODULE_H
#define AORTA_ABI_MODULE_H

#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One plugin instance, made by aorta_module.create and freed by its own destroy. */
typedef struct aorta_plugin {
  uint32_t size;
  uint32_t reserved;
  void* self;
  /* [main] Frees the instance and this struct. After it, no call comes. */
  void (*destroy)(struct aorta_plugin* plugin);
  /* [main] The vtable of an ability ("source/1", "template/1", "sink/1", "progress/1"), or NULL. Valid until destroy.
   */
  const void* (*get)(struct aorta_plugin* plugin, aorta_str ability_id);
  /* [main] Opens what the instance needs (files, connections). Called once before the first [data] call; of a template
   * type after load(). Wrong configuration is told here or in create, never later. AORTA_RETRY: the environment may get
   * better. */
  int32_t (*start)(struct aorta_plugin* plugin);
  /* [main] Called once after the last [data] call of an instance that was started, before destroy; its host's
   * interfaces still answer. What was written or settled is durable without it: a host that is killed calls nothing. A
   * failure is logged. Safe without start and twice. */
  int32_t (*stop)(struct aorta_plugin* plugin);
} aorta_plugin;

/* The exported data symbol: `const aorta_module aorta_module_v1`. The first three members never move. */
typedef struct aorta_module {
  uint32_t size;
  uint16_t abi_major;     /* AORTA_ABI_MAJOR: must equal the host's */
  uint16_t abi_minor;     /* AORTA_ABI_MINOR it was built with */
  uint16_t abi_min_minor; /* the least host minor it can live with: a host older than this refuses it */
  uint16_t reserved16;
  uint32_t reserved32;
  /* [main] The manifest: JSON text, static, the same at each call. The file LIBRARY.manifest.json beside the library
   * holds the same text, so that listing runs no vendor code. Its format: docs/reference/manifest.md. */
  aorta_str (*manifest)(void);
  /* [main] An instance of the plugin with this id (one of the manifest's), or NULL after host->fail. `config_json` is
   * the validated configuration with defaults filled in: an object after the manifest's schema. `host` outlives the
   * instance. */
  aorta_plugin* (*create)(const aorta_host* host, aorta_str plugin_id, aorta_str config_json);
} aorta_module;

#define AORTA_MODULE_SYMBOL "aorta_module_v1"

#ifdef __cplusplus
}
#endif
#endif
