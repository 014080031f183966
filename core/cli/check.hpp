// Pipeline files read and checked, as `validate`, `run` and `test` need them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "core/cli/context.hpp"
#include "core/config/pipeline_config.hpp"
#include "core/plugin/registry.hpp"

namespace aorta::cli {

// A pipeline without errors, and the plugins installed for it.
struct Checked {
  config::PipelineConfig config;
  std::vector<std::string> plugin_folders = {};  // that were named beside the file's
  std::unique_ptr<plugin::Registry> registry;
};

// A pipeline file and all that can be known of it without running it.
struct Examined {
  Checked pipeline;
  std::size_t templates = 0;                 // of the device mapping
  Diagnostics findings;                      // of the pipeline file and the mappings it names
  std::map<std::string, std::string> texts;  // by file, for the excerpts
  bool unreadable = false;                   // the pipeline file itself
};

// `plugin_folders` are searched before those of the pipeline file.
Examined examine(const std::string& file, const std::vector<std::string>& plugin_folders);

// The findings, each with its line and caret.
void show_findings(const Examined& examined, std::ostream& out, const observe::Terminal& terminal);

// Checks every file, shows what it found; nothing if all of them are free of errors, else an exit code.
std::optional<int> check_all(
    Context& context, const std::vector<std::string>& files, const std::vector<std::string>& plugin_folders,
    std::vector<Checked>& out
);

}  // namespace aorta::cli
