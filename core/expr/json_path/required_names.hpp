// Which member names a JSONPath can not do without: the base of an index over many expressions.
#pragma once

#include <string>
#include <vector>

#include "core/expr/json_path/program.hpp"

namespace aorta::expr::json_path {

// Sorted, each once. If one of them is the name of no member anywhere in the message, then the expression selects
// nothing and does not fail either: an expression that would fail must not be passed over.
std::vector<std::string> required_names(const Program& program);

}  // namespace aorta::expr::json_path
