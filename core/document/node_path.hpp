// Where in a document a node stands, for people: $.Body.readings[2].
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/document/node.hpp"

namespace aorta::document {

// The path of `node` below `root`, a JSONPath that selects it; a member that an expression wrapped (Kind::Property)
// stands where its value does. Nothing where the node was computed and stands in no document. `root` must be the root
// of a document's tape. Takes time in proportion to depth and width.
std::optional<std::string> path_of(const Node& root, const Node& node);

// As JSONPath writes a member: ".name", or "['a name']" where it has to be quoted.
void append_member_step(std::string& out, std::string_view name);

}  // namespace aorta::document
