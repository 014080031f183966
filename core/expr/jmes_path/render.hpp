// A JMESPath, or a part of it, as text again.
#pragma once

#include <cstddef>
#include <string>

#include "core/expr/jmes_path/program.hpp"

namespace aorta::expr::jmes_path {

std::string text_of(const Program& program, const Step& step);
// The first `steps` children of a path: "Body.readings[0]".
std::string text_of_first(const Program& program, const Step& path, std::size_t steps);

}  // namespace aorta::expr::jmes_path
