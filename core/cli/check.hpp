// Pipeline files read and checked, as `validate`, `run` and `test` need them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/cli/context.hpp"
#include "core/config/pipeline_config.hpp"
#include "core/plugin/registry.hpp"

namespace aorta::cli {

// A pipeline without errors, and the plugins installed for it.
struct Checked {
  config::PipelineConfig config;
  std::unique_ptr<plugin::Registry> registry;
};

// Checks every file, shows what it found; nothing if all of them are free of errors, else an exit code.
std::optional<int> check_all(
    Context& context, const std::vector<std::string>& files, const std::vector<std::string>& plugin_folders, std::vector<Checked>& out);

}  // namespace aorta::cli
