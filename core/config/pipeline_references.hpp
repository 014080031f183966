// What a pipeline file's schema cannot say: names that refer to each other, and what goes only with something else.
#pragma once

#include "core/config/pipeline_config.hpp"

namespace aorta::config {

// `pipeline` was filled from `tree`, which the schema has found without error. Whatever is wrong is added to
// `problems`, at its place in the file.
void check_references(const PipelineConfig& pipeline, const Value& tree, Diagnostics& problems);

}  // namespace aorta::config
