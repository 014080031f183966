// What a target demands of the code it runs. A demand that does not hold ends the process, so that the input is kept.
#pragma once

#include <string_view>

namespace aorta::fuzz {

// `what` is a sentence that holds: "reading twice gives the same".
void require(bool holds, std::string_view what);
// As require(a == b); shows where the two part.
void require_same(std::string_view a, std::string_view b, std::string_view what);

}  // namespace aorta::fuzz
