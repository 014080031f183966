// Reads JSONPath texts as Newtonsoft.Json 13.0.3 does (device-mapping spec 8.1), its oddities included.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/expr/json_path/program.hpp"

namespace aorta::expr::json_path {

// Filters may nest this deep; the reference overflows its stack somewhere behind.
inline constexpr int kMaxFilterDepth = 200;

// Error reasons: "bad-json-path", and "expression-too-costly" where filters nest too deep. The message names
// expression, column and cause.
Result<Program> parse(std::string_view text);

// "JSONPath `$.a[`, column 5: cause".
std::string located(std::string_view expression, std::size_t offset, std::string_view cause);

}  // namespace aorta::expr::json_path
