// The mapping files of plugins that declare a schema for them: what the schema cannot say, the plugin says itself.
#pragma once

#include "core/cli/check.hpp"

namespace aorta::cli {

// Adds to findings and texts. The configuration of `sink` is resolved; a plugin is only made where nothing was wrong
// before, with an empty store that is thrown away.
void check_plugin_mapping(Examined& examined, const config::PluginUse& sink);

}  // namespace aorta::cli
