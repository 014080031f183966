// The order of tokens under < <= > >= and the values they are compared by (device-mapping spec 8.2).
#pragma once

#include <optional>
#include <string_view>

#include "core/base/arena.hpp"
#include "core/document/node.hpp"
#include "core/expr/jmes_path/program.hpp"

namespace aorta::expr::jmes_path {

// Two numbers as doubles, or two of text, date and null as text, null lowest. Nothing for any other pair.
std::optional<bool> in_order(Op op, const document::Node& left, const document::Node& right, Arena& arena);

// The value of a number of any kind.
double number_of(const document::Node& number);
// The text of a String or Date, the latter as MM/dd/yyyy HH:mm:ss.
std::string_view text_of(const document::Node& text, Arena& arena);

}  // namespace aorta::expr::jmes_path
