#include "core/cli/mapping_check.hpp"

#include <filesystem>

#include "core/base/text.hpp"
#include "core/cli/plugin_mapping_check.hpp"
#include "core/config/text_file.hpp"
#include "core/fhir/mapping_match.hpp"
#include "core/pipeline/opening.hpp"
#include "core/plugin/templates.hpp"
#include "core/plugin/worker/isolated_mapping.hpp"

namespace aorta::cli {
namespace {

class MappingCheck {
 public:
  explicit MappingCheck(Examined& examined) : out_(examined), config_(examined.pipeline.config) {}

  void run() {
    check_device();
    for (const config::PluginUse& sink : config_.sinks) {
      if (auto use = pipeline::fhir_mapping_of(sink)) check_sink(sink, *use);
    }
    for (const config::PluginUse& sink : config_.sinks) {
      if (!sink.files.mappings.empty()) check_plugin_mapping(out_, sink);
    }
  }

 private:
  void report(Severity severity, std::string file, Position position, std::string message, std::string note = {}) {
    out_.findings.push_back({severity, std::move(message), std::move(file), position, 1, std::move(note)});
  }

  // Reads a mapping into texts; nothing, and a finding, if that fails.
  const std::string* read(const std::string& file, Position named_at, const std::string& key) {
    Result<std::string> text = config::read_text_file(file, config::kMaxMappingBytes);
    if (text.has_value()) return &(out_.texts[file] = std::move(*text));
    report(Severity::Error, config_.file, named_at, key + ": " + file + ": " + std::string(text.error().message()));
    return nullptr;
  }

  void check_device() {
    const config::NormalizeConfig& normalize = config_.normalize;
    bool is_inline = normalize.mapping.empty();
    device_file_ = is_inline ? config_.file : normalize.mapping;
    const std::string* text = is_inline ? &normalize.inline_mapping
                                        : read(normalize.mapping, normalize.mapping_position, "normalize.mapping");
    if (!text || text->empty()) return;
    load_device(*text);
    for (const mapping::Problem& problem : device_.problems)
      report(Severity::Error, device_file_, problem.position, problem.message);
    if (out_.pipeline.config.normalize.worker && count_errors(out_.findings) > 0) return;
    if (device_.templates.empty() && device_.problems.empty()) {
      report(Severity::Warning, device_file_, {}, "this mapping has no templates; no message will match");
    }
    out_.templates = device_.templates.size();
  }

  // Templates that are to run in a process of their own are loaded in one.
  void load_device(const std::string& text) {
    plugin::Surroundings home{.name = "normalize"};
    if (!config_.normalize.worker) {
      plugin::PluginTemplateFactory factory(*out_.pipeline.registry, std::move(home));
      device_ = mapping::load_device_mapping(text, factory);
      return;
    }
    home.isolation = pipeline::isolation_of(*config_.normalize.worker);
    auto falls = std::make_shared<plugin::worker::Falls>(home.isolation->max_crashes);
    auto opened = plugin::worker::IsolatedMapping::open(*out_.pipeline.registry, text, std::move(home), falls);
    if (opened.has_value()) {
      device_ = std::move((*opened)->description());
    } else {
      report(Severity::Error, config_.file, config_.normalize.mapping_position, std::string(opened.error().message()));
    }
  }

  void check_sink(const config::PluginUse& sink, const pipeline::FhirMappingUse& use) {
    std::string path = "sinks." + sink.name;
    if (sink.store.empty()) {
      report(
          Severity::Error, config_.file, sink.position,
          path + ": needs a store for its Observations; write store: and the name of one"
      );
    }
    check_fhir(use);
  }

  void check_fhir(const pipeline::FhirMappingUse& use) {
    const std::string& file = use.named.file;
    const std::string* text = read(file, use.named.position, use.named.member);
    if (!text) return;
    fhir::ObservationMapping mapping = fhir::ObservationMapping::load(*text, use.profile);
    for (const mapping::Problem& problem : mapping.problems())
      report(Severity::Error, file, problem.position, problem.message);
    for (const mapping::Problem& remark : mapping.remarks())
      report(Severity::Warning, file, remark.position, remark.message);
    if (!mapping.problems().empty()) return;
    for (const fhir::Mismatch& mismatch : fhir::mismatches(device_, mapping)) {
      if (mismatch.value.empty() || !is_used_elsewhere(mismatch.value)) report_mismatch(mismatch, file);
    }
  }

  // Whether the mapping of another sink names this value: by itself, or behind its type ("spo2.state").
  bool is_used_elsewhere(const std::string& value) const {
    for (const config::PluginUse& sink : config_.sinks) {
      if (sink.files.mappings.empty()) continue;
      bool named = sink.config_json.find("\"" + value + "\"") != std::string::npos;
      if (named || sink.config_json.find("." + value) != std::string::npos) return true;
    }
    return false;
  }

  void report_mismatch(const fhir::Mismatch& mismatch, const std::string& fhir_file) {
    using Kind = fhir::Mismatch::Kind;
    std::string known;
    for (const std::string& name : mismatch.known) known += (known.empty() ? "" : ", ") + name;
    std::string note = known.empty() ? "" : "known there: " + known;
    if (mismatch.kind == Kind::NotBuildable) return report_not_buildable(mismatch, fhir_file);
    bool whole_type = mismatch.kind == Kind::NoTemplate;
    std::string message = whole_type ? "type \"" + mismatch.type + "\" has no template in " + fhir_file +
                                           "; its measurements will be dead letters"
                                     : "value \"" + mismatch.value + "\" is in no FHIR template of type \"" +
                                           mismatch.type + "\"; it will not appear in Observations";
    message += did_you_mean(whole_type ? mismatch.type : mismatch.value, mismatch.known);
    report(Severity::Warning, device_file_, mismatch.position, std::move(message), std::move(note));
  }

  void report_not_buildable(const fhir::Mismatch& mismatch, const std::string& fhir_file) {
    report(
        Severity::Error, fhir_file, mismatch.position,
        "the template of type \"" + mismatch.type +
            "\" has a component without value or valueName; all its measurements would be dead letters: give the "
            "component a value, or remove it"
    );
  }

  Examined& out_;
  const config::PipelineConfig& config_;
  std::string device_file_;
  mapping::DeviceMapping device_;
};

}  // namespace

void check_mappings(Examined& examined) { MappingCheck(examined).run(); }

}  // namespace aorta::cli
