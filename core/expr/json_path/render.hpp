// A JSONPath, or a part of it, as text again.
#pragma once

#include <string>

#include "core/expr/json_path/program.hpp"

namespace aorta::expr::json_path {

// The first `steps` steps of a path: "$.Body.readings", "@.type", with the filters of `program` written out.
std::string text_of(const Program& program, const Path& path, std::size_t steps, char start);
std::string text_of(const Program& program, const Step& step);
std::string text_of(const Program& program, const Term& term);  // "@.type == 'hr'"

}  // namespace aorta::expr::json_path
