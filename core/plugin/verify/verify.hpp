// `aorta plugin verify`: whether a plugin library keeps the contract of the ABI (docs/guide/plugin-abi.md). Every check
// runs in a process of its own with a time limit; the plugin meets the host that aorta/testing.hpp gives it.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/plugin/registry.hpp"

namespace aorta::plugin::verify {

struct Options {
  // By plugin id: the configuration to try it with, canonical JSON; of a template type the "template" object of an
  // entry. Those without one get a sample after their schema.
  std::map<std::string, std::string> configs;
  // Bodies that template types are applied to, beside the odd ones of every verification.
  std::vector<std::string> messages;
  std::chrono::milliseconds limit{10000};  // for each check
};

struct CheckResult {
  std::string name;
  std::string plugin;                 // empty: of the library
  std::vector<std::string> findings;  // what to change; empty: it passed, or was skipped
  std::string skipped;                // why it could not be made
};

struct Verdict {
  ModuleInfo module;
  std::vector<PluginInfo> plugins;
  std::vector<CheckResult> checks;
};

// Reason of failure: "plugin-refused", for a file that is no plugin library of this ABI at all. [main]; the process
// must have one thread.
Result<Verdict> verify(const std::filesystem::path& library, const Options& options);

}  // namespace aorta::plugin::verify
