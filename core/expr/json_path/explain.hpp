// Why a JSONPath selected nothing.
#pragma once

#include <optional>

#include "core/base/arena.hpp"
#include "core/expr/json_path/program.hpp"
#include "core/expr/near_miss.hpp"

namespace aorta::expr::json_path {

// Nothing where it does select something, or fails. What the result points to lives in the document or the arena.
std::optional<NearMiss> explain(const Program& program, const document::Node& root, Arena& arena);

}  // namespace aorta::expr::json_path
