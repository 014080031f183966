// Numbers as .NET writes and reads them, independent of locale.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace aorta {

// Shortest digits that round-trip: 72.5, 1E+17, 1E-05, NaN, -0 (device-mapping spec, section 6). At most 26 characters
// are written to `out`; returns how many.
std::size_t write_float_text(double value, char* out);
std::string float_text(double value);
// The same as JSON: with ".0" where neither point nor exponent stands; NaN and infinities as quoted strings.
std::string float_json(double value);
// Exactly rounded; beyond the range ±infinity, tiny values 0. `text` is a JSON number, or ".5" or "5.".
double parse_float(std::string_view text);

}  // namespace aorta
