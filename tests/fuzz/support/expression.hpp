// What both expression languages must hold, on: expression NUL document.
#pragma once

#include <string_view>

#include "core/expr/expression.hpp"

namespace aorta::fuzz {

// Compiling and evaluating twice, in different arenas and over documents read apart, gives the same; errors are valid
// texts; an evaluation that may end early selects the first of the whole selection; a required name that is missing
// means an empty selection.
void check_expression(expr::Language language, std::string_view input);

}  // namespace aorta::fuzz
