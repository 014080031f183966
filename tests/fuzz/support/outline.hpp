// A document or what an expression selected, as text that two runs can be compared by.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/document/node.hpp"
#include "core/expr/expression.hpp"
#include "core/mapping/device_mapping.hpp"

namespace aorta::fuzz {

// Kinds, names and values, as they are in memory: 1 differs from 1.0, a date from its text. Ends after 20,000 nodes:
// what expressions compute may hold one token in many places.
std::string outline(const document::Node& node);
// The outlines of all nodes.
std::string outline(const expr::Tokens& tokens);
// "reason: message", or "ok".
std::string outline(const Result<void>& result);

// One line per problem. Demands that each is a valid text.
std::string outline(const std::vector<mapping::Problem>& problems);

}  // namespace aorta::fuzz
