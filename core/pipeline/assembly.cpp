#include "core/pipeline/assembly.hpp"

#include <algorithm>

#include "core/config/text_file.hpp"
#include "core/fhir/sqlite_store.hpp"
#include "core/pipeline/adapters.hpp"
#include "core/plugin/templates.hpp"

namespace aorta::pipeline {
namespace {

constexpr std::size_t kLargestMapping = 64 * 1024 * 1024;

Unmatched unmatched_of(config::Unmatched unmatched) {
  switch (unmatched) {
    case config::Unmatched::DeadLetter: return Unmatched::DeadLetter;
    case config::Unmatched::Filter: return Unmatched::Filter;
    case config::Unmatched::Fail: return Unmatched::Fail;
  }
  return Unmatched::DeadLetter;
}

fhir::IdentityOptions identity_of(const config::StoreConfig& store) {
  switch (store.identity) {
    case config::IdentityMode::Create: return {fhir::IdentityMode::Create, store.default_device_system};
    case config::IdentityMode::Lookup: return {fhir::IdentityMode::Lookup, store.default_device_system};
    case config::IdentityMode::LookupWithEncounter: return {fhir::IdentityMode::LookupWithEncounter, store.default_device_system};
  }
  return {};
}

EngineOptions options_of(const config::PipelineConfig& config, std::chrono::milliseconds drain_timeout) {
  return {
      .max_measurements = config.group.max_measurements,
      .max_delay = config.group.max_delay,
      .unmatched = unmatched_of(config.normalize.unmatched),
      .limit = {.records = config.limits.max_in_flight_records, .bytes = config.limits.max_in_flight_bytes},
      .drain_timeout = drain_timeout};
}

// "JsonPathContent ×3, CalculatedContent ×1"
std::string templates_text(const mapping::DeviceMapping& mapping) {
  std::vector<std::pair<std::string, int>> types;
  for (const auto& entry : mapping.templates) {
    auto found = std::find_if(types.begin(), types.end(), [&](const auto& t) { return t.first == entry.type; });
    if (found == types.end()) found = types.insert(types.end(), {entry.type, 0});
    ++found->second;
  }
  std::string out;
  for (const auto& [type, count] : types) out += (out.empty() ? "" : ", ") + type + " ×" + std::to_string(count);
  return out.empty() ? "no templates" : out;
}

}  // namespace

class Assembly::Builder {
 public:
  Builder(const config::PipelineConfig& config, plugin::Registry& registry, observe::Log& log)
      : config_(config), registry_(registry), log_(log) {}

  Result<std::unique_ptr<Assembly>> build(std::chrono::milliseconds drain_timeout) {
    AORTA_CHECK(open_normalizer());
    AORTA_CHECK(open_stores());
    AORTA_CHECK(open_dead_letters());
    AORTA_CHECK(open_sinks());
    AORTA_CHECK(open_sources());
    describe();
    make_engine(drain_timeout);
    return std::move(made_);
  }

 private:
  plugin::Surroundings surroundings(const std::string& name) {
    auto write = [&log = log_](int level, std::string_view who, std::string_view text) {
      log.write(static_cast<observe::Level>(level), who, text);
    };
    return {.name = name, .log = write};
  }

  Result<std::string> mapping_text() const {
    if (config_.normalize.mapping.empty()) return config_.normalize.inline_mapping;
    return config::read_text_file(config_.normalize.mapping, kLargestMapping);
  }

  Result<void> open_normalizer() {
    AORTA_TRY(text, mapping_text());
    plugin::PluginTemplateFactory factory(registry_, surroundings("normalize"));
    mapping::DeviceMapping mapping = mapping::load_device_mapping(text, factory);
    if (!mapping.problems.empty()) {
      const mapping::Problem& first = mapping.problems.front();
      const std::string& file = config_.normalize.mapping.empty() ? config_.file : config_.normalize.mapping;
      return Error("bad-mapping", first.message).at(file, first.position);
    }
    templates_text_ = templates_text(mapping);
    auto warn = [&log = log_](std::string_view text) { log.write(observe::Level::Warning, "normalize", text); };
    made_->normalizer_ = std::make_unique<MappingNormalizer>(std::move(mapping), warn);
    return {};
  }

  Result<void> open_stores() {
    for (const config::StoreConfig& store : config_.stores) {
      auto opened = fhir::SqliteStore::open(store.path);
      if (opened.has_error()) return opened.error().in("stores." + store.name);
      made_->stores_.push_back({store.name, std::make_unique<TallyStore>(std::move(*opened))});
    }
    return {};
  }

  Result<void> open_dead_letters() {
    auto opened = journal::DeadLetters::open(config_.dead_letter.path);
    if (opened.has_error()) return opened.error().in("dead_letter");
    if (config_.dead_letter.keep) AORTA_CHECK(opened->purge(*config_.dead_letter.keep));
    made_->dead_letters_ = std::make_unique<StoredLetters>(std::move(*opened), config_.fingerprint);
    return {};
  }

  TallyStore* store_named(const std::string& name) {
    for (const NamedStore& s : made_->stores_) {
      if (s.name == name) return s.store.get();
    }
    return nullptr;
  }

  plugin::Home home_of(const config::PluginUse& use) {
    const config::StoreConfig* store = config_.store(use.store);
    if (store == nullptr) return {};
    return {.store = store_named(use.store), .identity = identity_of(*store)};
  }

  Result<void> open_sinks() {
    for (const config::PluginUse& use : config_.sinks) {
      plugin::Home home = home_of(use);
      std::string name = "sinks." + use.name;
      auto sink = plugin::Sink::make(registry_, use.plugin, use.config_json, home, surroundings(name));
      if (sink.has_error()) return sink.error().in(name);
      if (auto started = (*sink)->start(); started.has_error()) return started.error().in(name);
      made_->sinks_.push_back(std::make_unique<PluginSink>(use.name, std::move(*sink), home.store));
    }
    return {};
  }

  Result<void> open_sources() {
    for (const config::PluginUse& use : config_.sources) {
      std::string name = "sources." + use.name;
      auto source = plugin::Source::make(registry_, use.plugin, use.config_json, surroundings(name));
      if (source.has_error()) return source.error().in(name);
      if (auto started = (*source)->start(); started.has_error()) return started.error().in(name);
      made_->sources_.push_back(std::make_unique<PluginSource>(use.name, std::move(*source)));
    }
    return {};
  }

  void describe() {
    std::string sources, sinks;
    for (const config::PluginUse& use : config_.sources) {
      const config::Value* path = use.config.find("path");
      sources += (sources.empty() ? "" : ", ") + use.plugin + (path ? " " + path->text : "");
    }
    for (const config::PluginUse& use : config_.sinks) {
      const config::StoreConfig* store = config_.store(use.store);
      sinks += (sinks.empty() ? "" : ", ") + use.plugin + (store ? " → " + store->path : "");
    }
    made_->route_ = sources + " → " + templates_text_ + " → " + sinks;
  }

  void make_engine(std::chrono::milliseconds drain_timeout) {
    std::vector<SourcePort*> sources;
    for (auto& s : made_->sources_) sources.push_back(s.get());
    std::vector<SinkPort*> sinks;
    for (auto& s : made_->sinks_) sinks.push_back(s.get());
    made_->engine_ = std::make_unique<Engine>(
        options_of(config_, drain_timeout), std::move(sources), *made_->normalizer_, std::move(sinks), *made_->dead_letters_,
        [&log = log_](std::string_view name, std::string_view text) { log.write(observe::Level::Warning, name, text); });
  }

  const config::PipelineConfig& config_;
  plugin::Registry& registry_;
  observe::Log& log_;
  std::string templates_text_;
  std::unique_ptr<Assembly> made_{new Assembly};
};

Assembly::~Assembly() = default;

Result<std::unique_ptr<Assembly>> Assembly::open(
    const config::PipelineConfig& config, plugin::Registry& registry, observe::Log& log, std::chrono::milliseconds drain_timeout) {
  return Builder(config, registry, log).build(drain_timeout);
}

Tally Assembly::tally() const {
  Tally sum;
  for (const NamedStore& s : stores_) {
    Tally one = s.store->tally();
    sum.observations += one.observations;
    sum.devices += one.devices;
    sum.patients += one.patients;
    sum.created += one.created;
    sum.changed += one.changed;
    sum.capped = sum.capped || one.capped;
  }
  return sum;
}

}  // namespace aorta::pipeline
