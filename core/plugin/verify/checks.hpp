// The checks of `aorta plugin verify`. Each runs in a process of its own, in an empty folder, and may do there what it
// likes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/plugin/registry.hpp"
#include "core/plugin/verify/apart.hpp"

namespace aorta::plugin::verify {

// What is verified; `plugin` and what follows is set for checks of one plugin.
struct Subject {
  std::string library;
  std::string manifest;  // of the file beside it
  const PluginInfo* plugin = nullptr;
  std::string config;  // to make it with; of a template type the entry it loads
  bool given = false;  // `config` was given, not made up
  std::string sample_file;
  std::vector<std::string> messages;
};

struct Check {
  std::string name;
  std::function<void(const Subject&, Report&)> run;
};

// Where this one finds something, no other can be made.
const Check& loading_check();
const std::vector<Check>& library_checks();
// Those of every kind, then those of this one.
std::vector<Check> plugin_checks(Kind kind);

}  // namespace aorta::plugin::verify
