#include "core/cli/check.hpp"

#include "core/cli/mapping_check.hpp"
#include "core/cli/pin_check.hpp"
#include "core/cli/store_files_check.hpp"
#include "core/config/text_file.hpp"
#include "core/config/yaml.hpp"

namespace aorta::cli {
namespace {

plugin::Kind kind_of(config::PluginKind kind) {
  return kind == config::PluginKind::Source ? plugin::Kind::Source : plugin::Kind::Sink;
}

class RegistryCatalog : public config::PluginCatalog {
 public:
  explicit RegistryCatalog(const plugin::Registry& registry) : registry_(registry) {}
  Result<std::string> schema(config::PluginKind kind, std::string_view id) const override {
    AORTA_TRY(found, registry_.need(kind_of(kind), id));
    return found->config_schema;
  }

 private:
  const plugin::Registry& registry_;
};

std::unique_ptr<plugin::Registry> registry_for(
    const config::PipelineConfig& config, const std::vector<std::string>& further
) {
  std::vector<std::filesystem::path> folders(further.begin(), further.end());
  folders.insert(folders.end(), config.plugin_folders.begin(), config.plugin_folders.end());
  return std::make_unique<plugin::Registry>(plugin::Registry::default_folders(folders));
}

// Whether the libraries behind the plugins can be loaded at all; which plugins there are has been checked. What is to
// run in a process of its own is not loaded into this one.
void check_libraries(
    Checked& pipeline, config::PluginKind kind, const std::vector<config::PluginUse>& uses, Diagnostics& findings
) {
  for (const config::PluginUse& use : uses) {
    const plugin::PluginInfo* found = pipeline.registry->find(kind_of(kind), use.plugin);
    if (!found || use.worker) continue;
    auto loaded = pipeline.registry->load(*found);
    if (loaded.has_value()) continue;
    std::string path = (kind == config::PluginKind::Source ? "sources." : "sinks.") + use.name + ".plugin: ";
    auto width = static_cast<int>(use.plugin.size());
    findings.push_back(
        {Severity::Error, path + std::string(loaded.error().message()), pipeline.config.file, use.position, width, {}}
    );
  }
}

void examine_parts(Examined& out, const std::vector<std::string>& plugin_folders) {
  Checked& pipeline = out.pipeline;
  pipeline.registry = registry_for(pipeline.config, plugin_folders);
  config::resolve_plugins(pipeline.config, RegistryCatalog(*pipeline.registry), out.findings);
  if (!check_pins(out)) return;
  check_libraries(pipeline, config::PluginKind::Source, pipeline.config.sources, out.findings);
  check_libraries(pipeline, config::PluginKind::Sink, pipeline.config.sinks, out.findings);
  check_mappings(out);
  check_store_files(out);
}

}  // namespace

Examined examine(const std::string& file, const std::vector<std::string>& plugin_folders) {
  Examined out;
  out.unreadable = config::read_text_file(file, config::kMaxYamlBytes).has_error();
  out.pipeline.config = config::load_pipeline(file, out.findings);
  out.pipeline.plugin_folders = plugin_folders;
  out.texts[file] = out.pipeline.config.text;
  if (!out.pipeline.config.sources.empty()) examine_parts(out, plugin_folders);
  return out;
}

void show_findings(const Examined& examined, std::ostream& out, const observe::Terminal& terminal) {
  for (const Diagnostic& finding : examined.findings) {
    auto text = examined.texts.find(finding.file);
    out << observe::diagnostic_text(
        finding, text == examined.texts.end() ? std::string_view() : text->second, terminal
    );
  }
}

std::optional<int> check_all(
    Context& context, const std::vector<std::string>& files, const std::vector<std::string>& plugin_folders,
    std::vector<Checked>& out
) {
  std::vector<Examined> all;
  Diagnostics findings;
  bool unreadable = false;
  for (const std::string& file : files) {
    all.push_back(examine(file, plugin_folders));
    findings.insert(findings.end(), all.back().findings.begin(), all.back().findings.end());
    unreadable = unreadable || all.back().unreadable;
    if (context.format != Format::Json) show_findings(all.back(), context.err, context.err_terminal);
  }
  if (count_errors(findings) == 0) {
    for (Examined& one : all) out.push_back(std::move(one.pipeline));
    return std::nullopt;
  }
  if (context.format == Format::Json) context.out << "{\"diagnostics\":" << json_text(findings) << "}\n";
  if (context.format != Format::Json) context.err << observe::tally_text(findings) << ". Nothing was started.\n";
  return unreadable ? kEnvironment : kFindings;
}

}  // namespace aorta::cli
