/* A plugin library whose create() fails without a word. */
#include <string.h>

#include "aorta/abi.h"

static const char kManifest[] =
    "{\"manifest\":1,\"name\":\"mute\",\"version\":\"1.0.0\",\"abi\":{\"major\":1,\"minor\":0},"
    "\"plugins\":[{\"id\":\"test.mute\",\"kind\":\"source\",\"config\":{}}]}\n";

static aorta_str manifest(void) {
  aorta_str out = {kManifest, sizeof kManifest - 1};
  return out;
}
static aorta_plugin* create(const aorta_host* host, aorta_str id, aorta_str config) {
  (void)host;
  (void)id;
  (void)config;
  return NULL;
}

extern const aorta_module aorta_module_v1;
const aorta_module aorta_module_v1 = {
    sizeof(aorta_module), AORTA_ABI_MAJOR, AORTA_ABI_MINOR, 0, 0, 0, manifest, create};
