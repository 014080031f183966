#include "core/pipeline/assembly.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "core/pipeline/adapters.hpp"
#include "core/pipeline/opening.hpp"
#include "core/pipeline/store_opening.hpp"
#include "core/plugin/state_file.hpp"

namespace aorta::pipeline {
namespace {

// "JsonPathContent ×3, CalculatedContent ×1"
std::string templates_text(const std::vector<std::string>& types) {
  std::vector<std::pair<std::string, int>> counts;
  for (const std::string& type : types) {
    auto found = std::find_if(counts.begin(), counts.end(), [&](const auto& t) { return t.first == type; });
    if (found == counts.end()) found = counts.insert(counts.end(), {type, 0});
    ++found->second;
  }
  std::string out;
  for (const auto& [type, count] : counts) out += (out.empty() ? "" : ", ") + type + " ×" + std::to_string(count);
  return out.empty() ? "no templates" : out;
}

std::string sources_text(const config::PipelineConfig& config) {
  std::string out;
  for (const config::PluginUse& use : config.sources) {
    const config::Value* path = use.config.find("path");
    out += (out.empty() ? "" : ", ") + use.plugin + (path ? " " + path->text : "");
  }
  return out;
}

std::string sinks_text(const config::PipelineConfig& config) {
  std::string out;
  for (const config::PluginUse& use : config.sinks) {
    const config::StoreConfig* store = config.store(use.store);
    out += (out.empty() ? "" : ", ") + use.plugin + (store ? " → " + store->place() : "");
  }
  return out;
}

unsigned worker_count(const config::PipelineConfig& config) {
  if (config.normalize.workers > 0) return config.normalize.workers;
  return std::max(1u, std::thread::hardware_concurrency());
}

journal::LetterLimits limits_of(const config::DeadLetterConfig& config) {
  bool forgets = config.at_limit == config::AtLimit::Oldest;
  return {.max_size = config.max_size, .at_limit = forgets ? journal::AtLimit::ForgetOldest : journal::AtLimit::Refuse};
}

}  // namespace

Assembly::~Assembly() = default;

Result<std::unique_ptr<Assembly>> Assembly::open(
    const config::PipelineConfig& config, const SourceHome& home, std::chrono::milliseconds drain_timeout,
    OpenedSources&& sources
) {
  plugin::Registry& registry = home.registry;
  observe::Log& log = home.log;
  std::unique_ptr<Assembly> made(new Assembly);
  AORTA_CHECK(made->open_normalizers(config, registry, log));
  AORTA_CHECK(made->open_stores(config, log));
  AORTA_CHECK(made->open_dead_letters(config, log));
  auto store_called = [&made](std::string_view name) { return made->store(name); };
  auto state = std::make_shared<plugin::StateFile>(config.state.path);
  AORTA_TRY(sinks, open_sinks(config, registry, log, store_called, std::move(state)));
  made->sinks_ = std::move(sinks);
  AORTA_TRY(opened, open_sources(config, home, sources));
  made->sources_ = std::move(opened);
  made->make_engine(config, log, drain_timeout);
  return made;
}

Result<void> Assembly::open_normalizers(
    const config::PipelineConfig& config, plugin::Registry& registry, observe::Log& log
) {
  trailing_text_ = std::make_unique<TrailingText>([&log](std::string_view text) {
    log.write(observe::Level::Warning, "normalize", text);
  });
  AORTA_TRY(opened, aorta::pipeline::open_normalizers(config, registry, log, worker_count(config), *trailing_text_));
  normalizers_ = std::move(opened.ports);
  route_ = sources_text(config) + " → " + templates_text(opened.template_types) + " → " + sinks_text(config);
  return {};
}

OpenedSources Assembly::take_sources() {
  engine_.reset();
  return std::exchange(sources_, {});
}

std::vector<InstanceMetrics> Assembly::metrics() const {
  std::vector<InstanceMetrics> out;
  for (const OpenedSource& source : sources_) {
    if (source.metrics) out.push_back(*source.metrics);
  }
  out.insert(out.end(), sinks_.metrics.begin(), sinks_.metrics.end());
  return out;
}

std::vector<JournaledSource*> Assembly::journaled() const {
  std::vector<JournaledSource*> out;
  for (const OpenedSource& source : sources_) {
    if (source.journaled) out.push_back(source.journaled);
  }
  return out;
}

Report Assembly::run() {
  Report report = engine_->run();
  report.trailing_text = trailing_text_->messages();
  return report;
}

Result<void> Assembly::open_stores(const config::PipelineConfig& config, observe::Log& log) {
  for (const config::StoreConfig& store : config.stores) {
    auto opened = open_store(store, log, patience_);
    if (opened.has_error()) return opened.error().in("stores." + store.name);
    stores_.push_back({store.name, std::make_unique<TallyStore>(std::move(*opened))});
  }
  return {};
}

Result<void> Assembly::open_dead_letters(const config::PipelineConfig& config, observe::Log& log) {
  auto opened = journal::DeadLetters::open(config.dead_letter.path, limits_of(config.dead_letter));
  if (opened.has_error()) return opened.error().in("dead_letter");
  if (config.dead_letter.keep) AORTA_CHECK(opened->purge(*config.dead_letter.keep));
  auto warn = [&log](std::string_view text) { log.write(observe::Level::Warning, "pipeline", text); };
  dead_letters_ = std::make_unique<StoredLetters>(std::move(*opened), config.fingerprint, warn);
  return {};
}

void Assembly::make_engine(
    const config::PipelineConfig& config, observe::Log& log, std::chrono::milliseconds drain_timeout
) {
  EngineOptions options = engine_options(config);
  options.drain_timeout = drain_timeout;
  options.patience = patience_;
  auto warn = [&log](std::string_view text) { log.write(observe::Level::Warning, "pipeline", text); };
  std::vector<SourcePort*> sources;
  for (const OpenedSource& source : sources_) sources.push_back(source.port.get());
  engine_ = std::make_unique<Engine>(
      options, std::move(sources), pointers(normalizers_), pointers(sinks_.ports), *dead_letters_, warn
  );
}

fhir::Store* Assembly::store(std::string_view name) const {
  for (const NamedStore& s : stores_) {
    if (s.name == name) return s.store.get();
  }
  return nullptr;
}

Tally Assembly::tally() const {
  Tally sum;
  for (const NamedStore& s : stores_) sum.add(s.store->tally());
  return sum;
}

}  // namespace aorta::pipeline
