// What stands between brackets and is neither a quoted name nor a filter: [0] [0,1] [*] [0:2] [::-1]. Internal to this
// folder.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/expr/json_path/program.hpp"

namespace aorta::expr::json_path {

// Reads from `at` up to `close`, which is left to the caller, and fills kind, positions and slice of `step`. Returns
// the cause of a refusal, empty if there is none.
std::string_view read_positions(std::string_view text, std::size_t& at, char close, Step& step);

}  // namespace aorta::expr::json_path
