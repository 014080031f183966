/* A source in plain C: "1" to "5", each a record. Built as it is, and with a wrong version for the tests of what the
 * host refuses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aorta/abi.h"

#ifndef COUNTER_ABI_MAJOR
#define COUNTER_ABI_MAJOR AORTA_ABI_MAJOR
#endif
#ifndef COUNTER_ABI_MIN_MINOR
#define COUNTER_ABI_MIN_MINOR 0
#endif

static const char kManifest[] =
    "{\"manifest\":1,\"name\":\"counter\",\"version\":\"1.0.0\",\"abi\":{\"major\":1,\"minor\":0},\"built_with\":"
    "\"C11\","
    "\"plugins\":[{\"id\":\"test.counter\",\"kind\":\"source\",\"summary\":\"Counts to five\","
    "\"config\":{\"type\":\"object\",\"properties\":{},\"required\":[],\"additionalProperties\":false}}]}\n";

static const char kId[] = "test.counter";

typedef struct counter {
  aorta_plugin plugin;
  const aorta_host* host;
  const aorta_records* records;
  int next;
} counter;

static aorta_str text(const char* s) {
  aorta_str out = {s, strlen(s)};
  return out;
}

static int32_t poll(void* self, aorta_batch* batch, uint64_t max_records, uint64_t max_bytes, uint32_t wait_ms) {
  counter* c = self;
  (void)wait_ms;
  uint64_t bytes = 0;
  for (; max_records > 0 && bytes <= max_bytes && c->next <= 5; --max_records) {
    char body[16];
    snprintf(body, sizeof body, "%d", c->next++);
    aorta_record record = {0};
    record.size = sizeof record;
    record.body = text(body);
    bytes += record.body.size;
    record.token = text(body);
    record.position = text(body);
    c->records->add(batch, &record);
  }
  return c->next > 5 ? AORTA_END : AORTA_OK;
}

static void settle(void* self, aorta_str token, int32_t outcome) {
  (void)self;
  (void)token;
  (void)outcome;
}

static const aorta_source kSource = {sizeof(aorta_source), 0, poll, settle};

static void destroy(aorta_plugin* plugin) { free(plugin->self); }
static int32_t ready(aorta_plugin* plugin) { return plugin->self ? AORTA_OK : AORTA_FATAL; }
static const void* get(aorta_plugin* plugin, aorta_str id) {
  (void)plugin;
  return id.size == strlen(AORTA_SOURCE_ID) && memcmp(id.data, AORTA_SOURCE_ID, id.size) == 0 ? &kSource : NULL;
}

static aorta_plugin* create(const aorta_host* host, aorta_str id, aorta_str config) {
  (void)config;
  if (id.size != strlen(kId) || memcmp(id.data, kId, id.size) != 0) {
    host->fail(host, AORTA_REJECT, text("unknown-plugin"), text("this library has only test.counter"));
    return NULL;
  }
  counter* c = calloc(1, sizeof *c);
  if (!c) return NULL;
  const aorta_plugin plugin = {sizeof(aorta_plugin), 0, c, destroy, get, ready, ready};
  c->plugin = plugin;
  c->host = host;
  c->records = host->get(host, text(AORTA_RECORDS_ID));
  c->next = 1;
  return &c->plugin;
}

static aorta_str manifest(void) { return text(kManifest); }

#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
extern const aorta_module aorta_module_v1;
const aorta_module aorta_module_v1 = {
    sizeof(aorta_module), COUNTER_ABI_MAJOR, AORTA_ABI_MINOR, COUNTER_ABI_MIN_MINOR, 0, 0, manifest, create};
