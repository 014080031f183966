// A near miss in a sentence.
#pragma once

#include <string>

#include "core/document/node.hpp"
#include "core/expr/near_miss.hpp"

namespace aorta::mapping {

// What broke the expression, where, and what is there instead: `$.Body has no "hr"; "HR" differs only in case`. `root`:
// of the message's document.
std::string near_miss_text(const expr::NearMiss& miss, const document::Node& root);

// As shown to people: cut where it is long, up to a whole character.
std::string shortened(std::string text);
// A node as it is shown to people: compact JSON, cut where it is long.
std::string preview(const document::Node& node);
// "String", "Object", …
std::string_view kind_name(document::Kind kind);
// "dev, ts, HeartRate": what an object has, cut where it is much.
std::string member_names(const document::Node& object);

}  // namespace aorta::mapping
