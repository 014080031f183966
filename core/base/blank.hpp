// White space of Unicode (U+00A0 and its kin included), as .NET trims it. Texts are valid UTF-8. [any thread]
#pragma once

#include <string_view>

namespace aorta {

// Empty, or white space only.
bool is_blank(std::string_view text);
// Without the white space at its end.
std::string_view trim_end(std::string_view text);
// Without it at either end.
std::string_view trim(std::string_view text);

}  // namespace aorta
