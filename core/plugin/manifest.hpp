// The manifest of a plugin library (docs/reference/manifest.md).
#pragma once

#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/plugin/registry.hpp"

namespace aorta::plugin {

struct Manifest {
  ModuleInfo module;                // without `library`
  std::vector<PluginInfo> plugins;  // without `module`
};

// Reason "bad-manifest": no JSON, or a member missing or of the wrong type; the message names it.
Result<Manifest> read_manifest(std::string_view text);

}  // namespace aorta::plugin
