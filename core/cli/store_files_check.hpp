// The files that stores of type rest are configured with.
#pragma once

#include "core/cli/check.hpp"

namespace aorta::cli {

// A warning for each that is not there: on the machine that runs the pipeline it may be, or come yet, and a run waits.
void check_store_files(Examined& examined);

}  // namespace aorta::cli
