#include <ostream>

#include "core/cli/check.hpp"
#include "core/cli/command.hpp"
#include "core/cli/verbs.hpp"

namespace aorta::cli {
namespace {

std::string counted(std::size_t number, std::string_view what) {
  return std::to_string(number) + " " + std::string(what) + (number == 1 ? "" : "s");
}

std::string summary(const Examined& examined) {
  const config::PipelineConfig& config = examined.pipeline.config;
  return config.file + ": ok (" + counted(config.sources.size(), "source") + ", " +
         counted(examined.templates, "template") + ", " + counted(config.sinks.size(), "sink") + ", " +
         counted(config.tests.size(), "test") + ")";
}

void show_text(Context& context, const std::vector<Examined>& all, const Diagnostics& findings) {
  for (const Examined& one : all) {
    show_findings(one, context.out, context.out_terminal);
    if (count_errors(one.findings) == 0) context.out << summary(one) << "\n";
  }
  if (!findings.empty()) context.out << observe::tally_text(findings) << ". Nothing was started.\n";
}

void show_json(Context& context, const std::vector<Examined>& all, const Diagnostics& findings) {
  std::size_t errors = count_errors(findings);
  context.out << "{\"errors\":" << std::to_string(errors)
              << ",\"warnings\":" << std::to_string(findings.size() - errors) << ",\"pipelines\":[";
  for (std::size_t i = 0; i < all.size(); ++i) {
    bool ok = count_errors(all[i].findings) == 0;
    context.out << (i > 0 ? "," : "") << "{\"file\":" << json_text(all[i].pipeline.config.file)
                << ",\"ok\":" << (ok ? "true" : "false") << "}";
  }
  context.out << "],\"diagnostics\":" << json_text(findings) << "}\n";
}

}  // namespace

int run_validate(Context& context, Arguments arguments) {
  std::vector<std::string> files, folders;
  Command command(
      context, "validate",
      "Checks pipeline files, the plugins they use, and their device and FHIR mappings: everything that can be known "
      "without running."
  );
  command.positionals("PIPELINE", files, "pipeline files")
      .option("--plugins", folders, "a further folder of plugins; may be repeated");
  command.example("aorta validate pipelines/ward-vitals.yaml", "check one pipeline");
  command.example("aorta validate --format json pipelines/*.yaml", "check all of them, for a program");
  command.exits("0 no errors (warnings may be), 1 errors, 2 usage, 4 a pipeline file cannot be read");
  if (auto code = command.parse(arguments)) return *code;
  std::vector<Examined> all;
  Diagnostics findings;
  bool unreadable = false;
  for (const std::string& file : files) {
    all.push_back(examine(file, folders));
    findings.insert(findings.end(), all.back().findings.begin(), all.back().findings.end());
    unreadable = unreadable || all.back().unreadable;
  }
  context.format == Format::Json ? show_json(context, all, findings) : show_text(context, all, findings);
  if (unreadable) return kEnvironment;
  return count_errors(findings) > 0 ? kFindings : kOk;
}

}  // namespace aorta::cli
