// The parts of a pipeline, made from its configuration: what a run and a test have in common.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/config/pipeline_config.hpp"
#include "core/fhir/observation_mapping.hpp"
#include "core/fhir/observation_writer.hpp"
#include "core/mapping/device_mapping.hpp"
#include "core/observe/log.hpp"
#include "core/pipeline/engine.hpp"
#include "core/pipeline/journaled_source.hpp"
#include "core/pipeline/listeners.hpp"
#include "core/plugin/registry.hpp"
#include "core/plugin/surroundings.hpp"

namespace aorta::plugin {
class MetricBook;
class StateFile;
}  // namespace aorta::plugin

namespace aorta::pipeline {

class TrailingText;

// What an instance called `name` is told of its host; its log lines go to `log`, which must outlive it.
plugin::Surroundings surroundings(std::string name, observe::Log& log);

// What the instances of a group ("sources", "sinks") share. It outlives their making.
struct InstanceHome {
  const config::PipelineConfig& config;
  observe::Log& log;
  std::string group;
  std::shared_ptr<plugin::StateFile> state;  // none: what they keep is forgotten with them
};
// The same of a source or a sink, in a process of its own where the pipeline says so.
plugin::Surroundings surroundings_of(const InstanceHome& home, const config::PluginUse& use);

// What an instance counts.
struct InstanceMetrics {
  std::string plugin;    // its id
  std::string instance;  // "sources.bedside"
  std::shared_ptr<plugin::MetricBook> book;
};

EngineOptions engine_options(const config::PipelineConfig& config);
// How those who write into this store are told apart.
fhir::IdentityOptions identity_options(const config::StoreConfig& store);

// The device mapping, from its file or the pipeline's own templates: read once, made `count` times, for threads that
// share nothing. Reason of failure: "bad-mapping", with file and position. With a recorder, which must outlive it, what
// their templates do is taken down there.
Result<std::vector<mapping::DeviceMapping>> open_mappings(
    const config::PipelineConfig& config, plugin::Registry& registry, observe::Log& log, unsigned count,
    mapping::TraceRecorder* recorder = nullptr
);

// What normalizes: a port for each of `count` threads, and the types of the mapping's templates. In processes of their
// own where the pipeline says so. `trailing_text` outlives it. Errors as of open_mappings(), and of a process.
struct Normalizers {
  std::vector<std::unique_ptr<NormalizePort>> ports;
  std::vector<std::string> template_types;
};
Result<Normalizers> open_normalizers(
    const config::PipelineConfig& config, plugin::Registry& registry, observe::Log& log, unsigned count,
    TrailingText& trailing_text
);

plugin::Isolation isolation_of(const config::WorkerConfig& worker);

// The FHIR mapping after which a sink writes Observations; nothing for others. `profile` is what its configuration says
// by that name. The sink is resolved.
struct FhirMappingUse {
  config::ConfigFiles::Named named;
  fhir::Profile profile = fhir::Profile::None;
};
std::optional<FhirMappingUse> fhir_mapping_of(const config::PluginUse& sink);

// A store by its name in the pipeline; nullptr for a sink that has none.
using StoreByName = std::function<fhir::Store*(std::string_view name)>;
struct OpenedSinks {
  std::vector<std::unique_ptr<SinkPort>> ports;
  std::vector<InstanceMetrics> metrics;
};
// `state`: where they keep theirs; none: they begin without, and it is forgotten with them.
Result<OpenedSinks> open_sinks(
    const config::PipelineConfig& config, plugin::Registry& registry, observe::Log& log, const StoreByName& store,
    std::shared_ptr<plugin::StateFile> state = {}
);

// What sources need of their surroundings; it outlives them.
struct SourceHome {
  plugin::Registry& registry;
  observe::Log& log;
  Listeners& listeners;
};
// What a source was made of: as long as none of it changes, there is no reason to make it anew.
struct SourceOrigin {
  std::string pipeline;
  config::PluginUse use;
  config::JournalConfig journal;
  config::StateConfig state;
  config::HttpConfig http;
  plugin::LibraryFile library;
};
// Whether it is what this file asks for, out of the library that lies there now.
bool goes_on(const SourceOrigin& origin, const config::PipelineConfig& config, const plugin::Registry& registry);

struct OpenedSource {
  std::unique_ptr<SourcePort> port;
  std::optional<SourceOrigin> origin = {};  // nothing: it stands in for one of the file's
  JournaledSource* journaled = nullptr;     // the port, if it has a journal
  std::optional<InstanceMetrics> metrics = {};
};
using OpenedSources = std::vector<OpenedSource>;
// The sources of a file, in its order. Of those that are `there` the ones that go on are taken over. The others end
// before their successors are made, which read what they have kept. With an error `there` holds those that had not
// ended. Sources that stand in are all there is. Nothing is on its way from any of them. [main]
Result<OpenedSources> open_sources(const config::PipelineConfig& config, const SourceHome& home, OpenedSources& there);
// Makes the successors of those that would end, beside them and without touching what they keep, and forgets them: what
// cannot be made is known while all is as it was. [main]
Result<void> try_successors(const config::PipelineConfig& config, const SourceHome& home, const OpenedSources& there);

}  // namespace aorta::pipeline
