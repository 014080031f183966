// What the tests of JMESPath share: an expression applied to a JSON text, answered as a JSON text.
#pragma once

#include <string>
#include <string_view>

namespace aorta::expr {

// The result as compact JSON, a projection with "*" before it; "!" and the error's reason where it fails.
std::string search(std::string_view expression, std::string_view json = "{}");
// The message of the failure, empty where there is none.
std::string failure(std::string_view expression, std::string_view json = "{}");

}  // namespace aorta::expr
