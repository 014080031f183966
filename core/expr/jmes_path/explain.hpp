// Why a JMESPath gave null, nothing, or an empty projection.
#pragma once

#include <optional>

#include "core/base/arena.hpp"
#include "core/expr/jmes_path/program.hpp"
#include "core/expr/near_miss.hpp"

namespace aorta::expr::jmes_path {

// Nothing where it gives something, or fails. What the result points to lives in the document or the arena.
std::optional<NearMiss> explain(const Program& program, const document::Node& root, Arena& arena);

}  // namespace aorta::expr::jmes_path
