// Texts taken apart into the UTF-16 units that JMESPath counts by, and put together again. Texts are valid; lone
// surrogates stand as three bytes.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/base/arena.hpp"

namespace aorta::expr::jmes_path {

// The units of `text`, in the arena.
std::span<char16_t> to_units(Arena& arena, std::string_view text);
// The text of units, in the arena; two surrogates that meet become one character.
std::string_view from_units(Arena& arena, std::span<const char16_t> units);

// Appends one unit; a low surrogate behind a high one completes its character.
void append_unit(std::string& out, char16_t unit);

}  // namespace aorta::expr::jmes_path
