// Which member names a JMESPath can not do without, so that a message without them need not be tried.
#pragma once

#include <string>
#include <vector>

#include "core/expr/jmes_path/program.hpp"

namespace aorta::expr::jmes_path {

// Sorted. Where one of them names no member of the message, the program gives null or an empty projection, and does not
// fail.
std::vector<std::string> required_names(const Program& program);

}  // namespace aorta::expr::jmes_path
