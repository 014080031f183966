// Expressions in messages that people read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace aorta::expr {

// "`$.a.b`"; of a long one its beginning, up to a whole character: "`$.a.b…`".
std::string excerpt(std::string_view expression);

// "`$.a[`, column 4": where in the expression a fault lies, counted in UTF-16 units from 1. `offset` in bytes.
std::string excerpt_at(std::string_view expression, std::size_t offset);

}  // namespace aorta::expr
