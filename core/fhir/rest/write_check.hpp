// Whether what is stored is what was sent.
#pragma once

#include <string>
#include <string_view>

namespace aorta::fhir {

// Alike but for `meta`, which the server writes.
bool same_but_for_meta(std::string_view sent, std::string_view stored);
// The resource without its id: for servers that give ids themselves.
std::string without_id(std::string_view resource);

}  // namespace aorta::fhir
