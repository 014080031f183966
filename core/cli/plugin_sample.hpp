// How a plugin is written into a pipeline file, or a template type into a device mapping.
#pragma once

#include <string>

#include "core/plugin/registry.hpp"

namespace aorta::cli {

// Made of its schema: what is required with an example or a word in its place, the rest with its default, behind "#".
// Empty where there is nothing to be said: a template type without a schema.
std::string sample_text(const plugin::PluginInfo& plugin);

}  // namespace aorta::cli
