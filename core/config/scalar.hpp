// What a plain (unquoted) YAML scalar means: the core schema of YAML 1.2, with the spellings that readers disagree
// about refused.
#pragma once

#include <string>
#include <string_view>

#include "core/config/value.hpp"

namespace aorta::config {

struct Scalar {
  Value::Kind kind = Value::Kind::String;
  std::string text;     // as Value::text
  std::string problem;  // not empty: why the spelling is refused, and what to write instead
};

// "" and null → Null; true, false → Bool; numbers → their JSON spelling; 010, 0x1F, 0o17 → a problem; all else →
// String.
Scalar read_plain(std::string_view text);

}  // namespace aorta::config
