// FHIR's date and dateTime texts, read as instants.
#pragma once

#include <optional>
#include <string_view>

#include "core/base/time.hpp"

namespace aorta::fhir {

// "2024", "2024-03", "2024-03-05" mean their first instant; a time without zone is UTC; offsets up to 14:00; fractions
// beyond 100 ns are rounded half up (FHIR-mapping spec 7.2). Nothing: no FHIR dateTime, or beyond the calendar. The
// result's zone is Utc.
std::optional<DateTime> parse_fhir_time(std::string_view text);

}  // namespace aorta::fhir
