// The schema of pipeline files, as text: what a pipeline file may say, before its plugins are asked.
#pragma once

#include <string_view>

namespace aorta::config {

// JSON Schema in the subset of schema.hpp.
std::string_view pipeline_schema();

}  // namespace aorta::config
