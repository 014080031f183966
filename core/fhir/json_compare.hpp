// Whether two resources say the same.
#pragma once

#include "core/document/node.hpp"

namespace aorta::fhir {

// Members in any order; null and empty lists and objects count as absent; numbers by value (80 and 80.0 are the same),
// texts by character.
bool same_content(const document::Node& a, const document::Node& b);

}  // namespace aorta::fhir
