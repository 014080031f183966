#include "core/pipeline/opening.hpp"

#include "core/config/text_file.hpp"
#include "core/pipeline/adapters.hpp"
#include "core/plugin/metric_book.hpp"
#include "core/plugin/secret_book.hpp"
#include "core/plugin/templates.hpp"
#include "core/plugin/worker/isolated_mapping.hpp"

namespace aorta::pipeline {
namespace {

Unmatched unmatched_of(config::Unmatched unmatched) {
  switch (unmatched) {
    case config::Unmatched::DeadLetter:
      return Unmatched::DeadLetter;
    case config::Unmatched::Filter:
      return Unmatched::Filter;
    case config::Unmatched::Fail:
      return Unmatched::Fail;
  }
  return Unmatched::DeadLetter;
}

fhir::IdentityMode mode_of(config::IdentityMode mode) {
  switch (mode) {
    case config::IdentityMode::Create:
      return fhir::IdentityMode::Create;
    case config::IdentityMode::Lookup:
      return fhir::IdentityMode::Lookup;
    case config::IdentityMode::LookupWithEncounter:
      return fhir::IdentityMode::LookupWithEncounter;
  }
  return fhir::IdentityMode::Create;
}

Result<std::string> mapping_text(const config::NormalizeConfig& normalize) {
  if (normalize.mapping.empty()) return normalize.inline_mapping;
  return config::read_text_file(normalize.mapping, config::kMaxMappingBytes);
}

plugin::Home home_of(const config::PipelineConfig& config, const config::PluginUse& use, const StoreByName& store) {
  const config::StoreConfig* found = config.store(use.store);
  if (found == nullptr) return {};
  return {.store = store(use.store), .identity = identity_options(*found)};
}

Result<void> check(const mapping::DeviceMapping& mapping, const config::PipelineConfig& config) {
  if (mapping.problems.empty()) return {};
  const mapping::Problem& first = mapping.problems.front();
  const std::string& file = config.normalize.mapping.empty() ? config.file : config.normalize.mapping;
  return Error("bad-mapping", first.message).at(file, first.position);
}

std::vector<std::string> types_of(const mapping::DeviceMapping& mapping) {
  std::vector<std::string> out;
  for (const auto& entry : mapping.templates) out.push_back(entry.type);
  return out;
}

Result<Normalizers> open_isolated(
    const config::PipelineConfig& config, plugin::Registry& registry, observe::Log& log, unsigned count,
    TrailingText& trailing_text
) {
  AORTA_TRY(text, mapping_text(config.normalize));
  plugin::Surroundings home = surroundings("normalize", log);
  home.isolation = isolation_of(*config.normalize.worker);
  auto falls = std::make_shared<plugin::worker::Falls>(home.isolation->max_crashes);
  Normalizers out;
  while (out.ports.size() < count) {
    AORTA_TRY(mapping, plugin::worker::IsolatedMapping::open(registry, text, home, falls));
    AORTA_CHECK(check(mapping->description(), config));
    out.template_types = types_of(mapping->description());
    out.ports.push_back(std::make_unique<IsolatedNormalizer>(std::move(mapping), trailing_text));
  }
  return out;
}

std::vector<plugin::SecretOrigin> origins_of(const std::vector<config::SecretUse>& secrets) {
  std::vector<plugin::SecretOrigin> out;
  for (const config::SecretUse& secret : secrets) out.push_back({secret.member, secret.text, secret.file});
  return out;
}

// Makes and starts one plugin instance.
template <class Plugin, class... Arguments>
Result<std::unique_ptr<Plugin>> start(Arguments&&... arguments) {
  auto made = Plugin::make(std::forward<Arguments>(arguments)...);
  if (made.has_value()) AORTA_CHECK((*made)->start());
  return made;
}

}  // namespace

fhir::IdentityOptions identity_options(const config::StoreConfig& store) {
  using Key = fhir::IdentityCacheOptions::Key;
  const config::IdentityConfig& from = store.identity;
  return {
      .mode = mode_of(from.mode),
      .systems = {from.device_system, from.patient_system, from.encounter_system},
      .cache =
          {.key = from.by_names ? Key::Names : Key::Device,
           .max_entries = from.max_entries,
           .max_idle = from.max_idle,
           .max_age = from.max_age,
           .negative_age = from.negative_age},
      .conditional_creates = from.conditional_creates};
}

plugin::Surroundings surroundings(std::string name, observe::Log& log) {
  auto write = [&log](int level, std::string_view who, std::string_view text) {
    log.write(static_cast<observe::Level>(level), who, text);
  };
  return {.name = std::move(name), .log = write, .recorder = nullptr};
}

plugin::Surroundings surroundings_of(const InstanceHome& home, const config::PluginUse& use) {
  plugin::Surroundings out = surroundings(home.group + "." + use.name, home.log);
  out.state = home.state;
  out.owner = home.config.name + "/" + out.name;
  out.metrics = std::make_shared<plugin::MetricBook>();
  out.secrets = std::make_shared<plugin::SecretBook>(origins_of(use.secrets));
  if (use.worker) out.isolation = isolation_of(*use.worker);
  return out;
}

EngineOptions engine_options(const config::PipelineConfig& config) {
  EngineOptions options;
  options.max_measurements = config.group.max_measurements;
  options.max_delay = config.group.max_delay;
  options.unmatched = unmatched_of(config.normalize.unmatched);
  options.limit = {.records = config.limits.max_in_flight_records, .bytes = config.limits.max_in_flight_bytes};
  options.max_record_bytes = config.limits.max_record_bytes;
  return options;
}

plugin::Isolation isolation_of(const config::WorkerConfig& worker) {
  plugin::Isolation out;
  out.memory = worker.memory;
  out.time_limit = worker.time_limit;
  out.max_crashes = worker.max_crashes;
  return out;
}

Result<std::vector<mapping::DeviceMapping>> open_mappings(
    const config::PipelineConfig& config, plugin::Registry& registry, observe::Log& log, unsigned count,
    mapping::TraceRecorder* recorder
) {
  AORTA_TRY(text, mapping_text(config.normalize));
  plugin::Surroundings home = surroundings("normalize", log);
  home.recorder = recorder;
  plugin::PluginTemplateFactory factory(registry, std::move(home));
  std::vector<mapping::DeviceMapping> mappings;
  while (mappings.size() < count) {
    mapping::DeviceMapping& mapping = mappings.emplace_back(mapping::load_device_mapping(text, factory));
    AORTA_CHECK(check(mapping, config));
  }
  return mappings;
}

Result<Normalizers> open_normalizers(
    const config::PipelineConfig& config, plugin::Registry& registry, observe::Log& log, unsigned count,
    TrailingText& trailing_text
) {
  if (config.normalize.worker) return open_isolated(config, registry, log, count, trailing_text);
  AORTA_TRY(mappings, open_mappings(config, registry, log, count));
  Normalizers out;
  out.template_types = types_of(mappings.front());
  for (mapping::DeviceMapping& mapping : mappings)
    out.ports.push_back(std::make_unique<MappingNormalizer>(std::move(mapping), trailing_text));
  return out;
}

std::optional<FhirMappingUse> fhir_mapping_of(const config::PluginUse& sink) {
  document::Document config;
  if (sink.files.observations.empty() || config.read_value(sink.config_json, document::kPlainJson).has_error())
    return std::nullopt;
  std::string_view profile = document::string_of(document::member(config.root(), "profile"));
  return FhirMappingUse{sink.files.observations.front(), fhir::profile_called(profile).value_or(fhir::Profile::None)};
}

Result<OpenedSinks> open_sinks(
    const config::PipelineConfig& config, plugin::Registry& registry, observe::Log& log, const StoreByName& store,
    std::shared_ptr<plugin::StateFile> state
) {
  OpenedSinks out;
  InstanceHome instance_home{config, log, "sinks", std::move(state)};
  for (const config::PluginUse& use : config.sinks) {
    plugin::Home home = home_of(config, use, store);
    plugin::Surroundings surroundings = surroundings_of(instance_home, use);
    out.metrics.push_back({use.plugin, surroundings.name, surroundings.metrics});
    AORTA_TRY(sink, start<plugin::Sink>(registry, use.plugin, use.config_json, home, std::move(surroundings)));
    out.ports.push_back(std::make_unique<PluginSink>(use.name, std::move(sink), home.store));
  }
  return out;
}

}  // namespace aorta::pipeline
