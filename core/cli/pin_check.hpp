// Whether the plugins that a pipeline file pins are those that are installed.
#pragma once

#include "core/cli/check.hpp"

namespace aorta::cli {

// Runs none of their code. Adds a finding for each that is not; whether all of them are.
bool check_pins(Examined& examined);

}  // namespace aorta::cli
