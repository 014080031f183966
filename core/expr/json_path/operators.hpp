// The operators of filters, applied to one pair of tokens.
#pragma once

#include <cstdint>

#include "core/document/node.hpp"
#include "core/expr/json_path/program.hpp"

namespace aorta::expr::json_path {

enum class Verdict : std::uint8_t {
  No,
  Yes,
  // From here on: why the pair cannot be decided.
  NotANumber,
  NotABoolean,
  NotADate,
  NoOrder,
  BadPattern,
  TooCostly,
};
constexpr bool is_failure(Verdict verdict) { return verdict > Verdict::Yes; }

// Takes from `steps` what the comparison costs.
Verdict holds(const Term& term, const document::Node& left, const document::Node& right, std::uint64_t& steps);

}  // namespace aorta::expr::json_path
