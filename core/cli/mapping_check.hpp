// The mappings a pipeline names: their own faults, and what one gives that the other does not take.
#pragma once

#include "core/cli/check.hpp"

namespace aorta::cli {

// Adds to the findings, texts and template count of a pipeline whose configuration is there.
void check_mappings(Examined& examined);

}  // namespace aorta::cli
