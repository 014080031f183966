// Upper and lower case as .NET's invariant culture has them: one character to one, whatever stands around it. [any
// thread]
#pragma once

#include <string>
#include <string_view>

namespace aorta {

char32_t to_upper(char32_t c);
char32_t to_lower(char32_t c);

// Texts are valid UTF-8 (lone surrogates allowed).
std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);

// Equal once both are in upper case: how the reference finds a FHIR template by its type name (FHIR-mapping spec, 1.5).
bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace aorta
