/* A sink in plain C11: counts measurements, and logs the sum when it stops.
 *
 *   cc -std=c11 -O2 -fPIC -fvisibility=hidden -shared -I$PREFIX/include tally.c -o tally.so
 *   aorta-manifest tally.so tally.manifest.json
 */
#include <aorta/abi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char kManifest[] =
    "{\"manifest\":1,\"name\":\"tally\",\"version\":\"1.0.0\",\"abi\":{\"major\":1,\"minor\":0},\"built_with\":\"C11\","
    "\"plugins\":[{\"id\":\"acme.tally\",\"kind\":\"sink\",\"summary\":\"Counts measurements\","
    "\"config\":{\"type\":\"object\",\"properties\":{},\"required\":[],\"additionalProperties\":false}}]}\n";

typedef struct tally {
  aorta_plugin plugin; /* what the host sees */
  const aorta_host* host;
  const aorta_groups_api* groups;
  const aorta_results_api* results;
  const aorta_log* log; /* NULL where this host has none */
  uint64_t measurements;
} tally;

static aorta_str text(const char* s) {
  aorta_str out = {s, strlen(s)};
  return out;
}
static int32_t is(aorta_str a, const char* b) { return a.size == strlen(b) && memcmp(a.data, b, a.size) == 0; }

static int32_t write_groups(void* self, const aorta_group* const* groups, uint64_t count, aorta_results* results) {
  tally* t = self;
  for (uint64_t g = 0; g < count; ++g) {
    aorta_group_info info = {0};
    info.size = sizeof info;
    t->groups->info(groups[g], &info);
    for (uint64_t m = 0; m < info.measurement_count; ++m)
      t->results->ended(results, g, m, AORTA_WRITTEN, (aorta_str){NULL, 0});
    t->measurements += info.measurement_count;
  }
  return AORTA_OK;
}
static const aorta_sink kSink = {sizeof(aorta_sink), 0, write_groups};

static void destroy(aorta_plugin* plugin) { free(plugin->self); }
static const void* get(aorta_plugin* plugin, aorta_str ability) {
  (void)plugin;
  return is(ability, AORTA_SINK_ID) ? &kSink : NULL;
}
static int32_t start(aorta_plugin* plugin) {
  (void)plugin;
  return AORTA_OK;
}
static int32_t stop(aorta_plugin* plugin) {
  tally* t = plugin->self;
  char line[64];
  snprintf(line, sizeof line, "%llu measurements", (unsigned long long)t->measurements);
  if (t->log && t->measurements > 0) t->log->write(t->host, AORTA_LOG_INFO, text(line));
  t->measurements = 0;
  return AORTA_OK;
}

static aorta_plugin* refuse(const aorta_host* host, int32_t code, const char* reason, const char* message) {
  host->fail(host, code, text(reason), text(message));
  return NULL;
}
static aorta_plugin* create(const aorta_host* host, aorta_str id, aorta_str config) {
  (void)config; /* nothing to configure */
  if (!is(id, "acme.tally")) return refuse(host, AORTA_REJECT, "unknown-plugin", "this library has only acme.tally");
  tally* t = calloc(1, sizeof *t);
  if (!t) return refuse(host, AORTA_RETRY, "out-of-memory", "acme.tally found no memory");
  t->host = host;
  t->groups = host->get(host, text(AORTA_GROUPS_ID));
  t->results = host->get(host, text(AORTA_RESULTS_ID));
  t->log = host->get(host, text(AORTA_LOG_ID));
  if (!t->groups || !t->results) {
    free(t);
    return refuse(
        host, AORTA_FATAL, "host-too-old", "this host gives no groups/1 or results/1; use a newer release of it"
    );
  }
  const aorta_plugin plugin = {sizeof(aorta_plugin), 0, t, destroy, get, start, stop};
  t->plugin = plugin;
  return &t->plugin;
}

static aorta_str manifest(void) { return text(kManifest); }

__attribute__((visibility("default"))) extern const aorta_module aorta_module_v1;
const aorta_module aorta_module_v1 = {
    sizeof(aorta_module), AORTA_ABI_MAJOR, AORTA_ABI_MINOR, 0, 0, 0, manifest, create};
