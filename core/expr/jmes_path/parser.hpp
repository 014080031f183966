// Reads JMESPath texts as JmesPath.Net v1.0.204 does (device-mapping spec 8.2), its oddities included.
#pragma once

#include <memory>
#include <string_view>

#include "core/base/result.hpp"
#include "core/expr/jmes_path/program.hpp"

namespace aorta::expr::jmes_path {

// Expressions may nest this deep, and no chain of operators may be longer. The reference has no such bound; it
// overflows its stack.
inline constexpr int kMaxDepth = 500;

// Functions are bound, their argument counts checked, literals read. Error reasons: "bad-jmes-path", and
// "expression-too-costly" beyond kMaxDepth. The message names expression, column and cause.
Result<std::unique_ptr<const Program>> parse(std::string_view text);

}  // namespace aorta::expr::jmes_path
