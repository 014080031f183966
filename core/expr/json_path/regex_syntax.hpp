// Reads patterns in .NET's syntax. Internal to this folder; see regex.hpp for what is understood.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/expr/json_path/regex_set.hpp"

namespace aorta::expr::json_path {

enum class Anchor : std::uint8_t { Start, LineStart, End, BeforeFinalBreak, LineEnd, Boundary, NoBoundary };

struct Pattern {
  enum class Kind : std::uint8_t { Empty, Set, All, Any, Repeat, Anchor, Look };
  Kind kind = Kind::Empty;
  CharSet set;                                  // Set
  std::vector<std::unique_ptr<Pattern>> parts;  // All: one after the other; Any: one of them; Repeat, Look: the one
  std::uint32_t least = 0, most = 0;            // Repeat
  Anchor anchor = Anchor::Start;                // Anchor
  bool behind = false, negative = false;        // Look

  static constexpr std::uint32_t kForever = static_cast<std::uint32_t>(-1);
};

struct PatternResult {
  std::unique_ptr<Pattern> pattern;  // null after a refusal
  std::string cause;
};
// `pattern` in UTF-16 units; `options` the letters i, m, s, x of a JSONPath pattern.
PatternResult read_pattern(std::u16string_view pattern, std::string_view options);

}  // namespace aorta::expr::json_path
