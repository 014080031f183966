// A pipeline file brought to life: plugins loaded, mapping read, stores open, an engine over all of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/patience.hpp"
#include "core/config/pipeline_config.hpp"
#include "core/observe/log.hpp"
#include "core/pipeline/opening.hpp"
#include "core/pipeline/tally_store.hpp"
#include "core/plugin/registry.hpp"

namespace aorta::pipeline {

class TrailingText;

class Assembly {
 public:
  // `config` must be free of errors, plugins resolved. The home outlives the assembly. Errors are of the
  // environment (a path that cannot be opened, a store in use) or of a mapping (reason "bad-mapping"); nothing was
  // taken in. `sources`: those that are there already, as of open_sources(); all else is opened before one of them is
  // touched. [main]
  static Result<std::unique_ptr<Assembly>> open(
      const config::PipelineConfig& config, const SourceHome& home, std::chrono::milliseconds drain_timeout,
      OpenedSources&& sources = {}
  );
  ~Assembly();

  // As the engine's, which is stopped and watched through engine().
  Report run();
  Engine& engine() { return *engine_; }
  const Engine& engine() const { return *engine_; }
  // Those that have a journal. [any]
  std::vector<JournaledSource*> journaled() const;
  // [main]
  const OpenedSources& sources() const { return sources_; }
  // What its sources and sinks count. [any]
  std::vector<InstanceMetrics> metrics() const;
  // For another assembly to go on with, after the engine was paused and has run to its end. This one has none then.
  OpenedSources take_sources();
  // Summed over the stores. [any]
  Tally tally() const;
  // "file data/vitals.ndjson → JsonPathContent ×3 → fhir-observation → var/ward.db"
  const std::string& route() const { return route_; }

 private:
  Assembly() = default;
  Result<void> open_normalizers(const config::PipelineConfig& config, plugin::Registry& registry, observe::Log& log);
  Result<void> open_stores(const config::PipelineConfig& config, observe::Log& log);
  Result<void> open_dead_letters(const config::PipelineConfig& config, observe::Log& log);
  void make_engine(const config::PipelineConfig& config, observe::Log& log, std::chrono::milliseconds drain_timeout);
  fhir::Store* store(std::string_view name) const;

  struct NamedStore {
    std::string name;
    std::unique_ptr<TallyStore> store;
  };
  // In the order they are needed: what stands below uses what stands above.
  std::shared_ptr<Patience> patience_ = std::make_shared<Patience>();
  std::vector<NamedStore> stores_;
  std::unique_ptr<DeadLetterPort> dead_letters_;
  std::unique_ptr<TrailingText> trailing_text_;
  std::vector<std::unique_ptr<NormalizePort>> normalizers_;  // one per thread: a template stays on one
  OpenedSinks sinks_;
  OpenedSources sources_;
  std::unique_ptr<Engine> engine_;
  std::string route_;
};

}  // namespace aorta::pipeline
