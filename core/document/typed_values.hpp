// Properties that a transport types beyond JSON (device-mapping spec 2.2): { "$type": "DateTime", "value":
// "2024-03-05T08:15:31Z" } is a date, "Guid" and "Bytes" are values without text, any other type is its plain value.
#pragma once

#include "core/document/node.hpp"

namespace aorta::document {

// Rewrites such members of the tape object `properties` in place.
void resolve_typed_values(Node& properties);

}  // namespace aorta::document
