// Addresses below a FHIR server's, from texts that devices send: percent-encoded, and with the characters that mean
// something in a search escaped as FHIR says (R4, search, 3.1.1.4.0.1).
#pragma once

#include <string>
#include <string_view>

#include "core/fhir/store.hpp"

namespace aorta::fhir {

// "Observation/17"
std::string resource_path(std::string_view type, std::string_view id);
// "identifier=<system>%7C<value>"; without a system "identifier=<value>".
std::string identifier_query(const Identifier& identifier);
void append_identifier_query(std::string& out, const Identifier& identifier);

}  // namespace aorta::fhir
