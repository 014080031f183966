// A pipeline file, read and validated (docs/reference/pipeline-file.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/diagnostic.hpp"
#include "core/config/plugin_catalog.hpp"
#include "core/config/schema.hpp"
#include "core/config/store_config.hpp"
#include "core/config/substitute.hpp"
#include "core/config/value.hpp"

namespace aorta::config {

enum class Unmatched : std::uint8_t { DeadLetter, Filter, Fail };

// `isolation: process`
struct WorkerConfig {
  std::uint64_t memory = 0;  // bytes
  std::chrono::milliseconds time_limit{0};
  unsigned max_crashes = 0;
  friend bool operator==(const WorkerConfig&, const WorkerConfig&) = default;
};

// A member of a plugin's configuration that was written as a reference.
struct SecretUse {
  std::string member;  // "auth.token"
  std::string text;    // what it held; never to be shown
  std::string file;    // that it stands for; empty: none, it does not change
  friend bool operator==(const SecretUse&, const SecretUse&) = default;
};

// A source or a sink.
struct PluginUse {
  std::string name;                         // "bedside"
  std::string plugin;                       // "file"
  std::string store;                        // sinks: a store's name, or empty
  Value config;                             // as written; a map
  std::string config_json = "{}";           // canonical, after resolve_plugins()
  Position position;                        // of the plugin's id
  ConfigFiles files = {};                   // that its config names; after resolve_plugins()
  std::optional<WorkerConfig> worker = {};  // isolation: process
  std::vector<SecretUse> secrets = {};      // of its config
};

struct NormalizeConfig {
  std::string mapping;  // path of a device mapping; empty: `templates`
  Position mapping_position;
  // Inline templates as a CollectionContent document. Its lines are those of the pipeline file: faults found in it are
  // shown there.
  std::string inline_mapping;
  Unmatched unmatched = Unmatched::DeadLetter;
  std::vector<std::string> from;            // names of sources; never empty in a valid file
  unsigned workers = 0;                     // threads that normalize; 0: one per core
  std::optional<WorkerConfig> worker = {};  // isolation: process; one for each of these threads
};

struct GroupConfig {
  std::uint64_t max_measurements = 300;
  std::chrono::milliseconds max_delay{300'000};
};

enum class AtLimit : std::uint8_t { Pause, Oldest };

struct DeadLetterConfig {
  std::string path;
  std::optional<std::chrono::milliseconds> keep;  // nothing: for ever
  std::uint64_t max_size = 0;                     // bytes
  AtLimit at_limit = AtLimit::Pause;
};

enum class Durability : std::uint8_t { Fdatasync, Relaxed, None };

struct JournalConfig {
  std::string path;
  Durability durability = Durability::Fdatasync;
  std::uint64_t max_size = 0;  // bytes
  std::optional<std::chrono::milliseconds> max_age;
  std::uint64_t segment_size = 0;  // bytes
  std::chrono::milliseconds keep_answers{0};
  std::uint64_t max_answers = 0;
  friend bool operator==(const JournalConfig&, const JournalConfig&) = default;
};

struct StateConfig {
  std::string path;
  friend bool operator==(const StateConfig&, const StateConfig&) = default;
};

struct HttpConfig {
  std::string listen;
  std::string certificate, key, client_ca;  // PEM files; empty: not given
  std::uint64_t max_connections = 0;
  std::uint64_t max_header_size = 0;
  std::chrono::milliseconds timeout{0};
  friend bool operator==(const HttpConfig&, const HttpConfig&) = default;
};

struct LimitsConfig {
  std::uint64_t max_in_flight_records = 10'000;
  std::uint64_t max_in_flight_bytes = 64 * 1024 * 1024;
  std::uint64_t max_record_bytes = 16 * 1024 * 1024;
};

// One message of a test.
struct TestInput {
  std::string source;
  std::string body;               // the bytes: body_text as it is, or body as JSON
  std::string properties;         // JSON object, or empty: absent
  std::string system_properties;  // JSON object, or empty: absent
};

struct TestConfig {
  std::string name;
  Position position;
  std::vector<TestInput> inputs;
  // Lists; nothing: not asked.
  std::optional<Value> measurements, fhir, dead_letter, filtered;
};

// A plugin that has to be this one; what is empty may be anything.
struct PluginPin {
  std::string plugin;  // its id
  std::string version, sha256;
  Position position;
};

struct PipelineConfig {
  std::string file;         // as it was named
  std::string text;         // of the file, for excerpts
  std::string fingerprint;  // 16 hexadecimal digits of the file's content
  std::string name;
  bool watch = false;               // files that change are taken up
  std::vector<StoreConfig> stores;  // all lists in file order
  std::vector<PluginUse> sources;
  NormalizeConfig normalize;
  GroupConfig group;
  std::vector<PluginUse> sinks;
  DeadLetterConfig dead_letter;
  JournalConfig journal;
  StateConfig state;
  HttpConfig http;
  LimitsConfig limits;
  std::vector<std::string> plugin_folders;
  std::vector<PluginPin> pins;
  std::vector<TestConfig> tests;

  const StoreConfig* store(std::string_view name) const;
};

// Reads a pipeline file and checks all of it but the plugins' own configuration. Adds every finding to `problems`; the
// result is complete only if none of them is an error, its `file` and `text` always are. Paths are made relative to the
// working directory. [any thread]
PipelineConfig load_pipeline(
    const std::string& path, Diagnostics& problems, const Variables& variables = process_variable
);

// Checks the configuration of each source and sink against its plugin's schema and fills in config_json.
void resolve_plugins(PipelineConfig& pipeline, const PluginCatalog& catalog, Diagnostics& problems);

}  // namespace aorta::config
