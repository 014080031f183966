// From the words of the command line to a verb.
#pragma once

#include <string>
#include <vector>

#include "core/cli/context.hpp"

namespace aorta::cli {

// Runs the verb that `words` (without the program's name) begin with, or shows help or the version. Returns an exit
// code.
int dispatch(Context& context, const std::vector<std::string>& words);

}  // namespace aorta::cli
