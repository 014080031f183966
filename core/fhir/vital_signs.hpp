// The R4 vital-signs profile (hl7.org/fhir/R4/observation-vitalsigns.html), as far as a template decides what
// Observations say.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/fhir/observation_mapping.hpp"

namespace aorta::fhir {

// What a template says that the profile does not allow, or lacks.
struct ProfileGap {
  enum class Kind : std::uint8_t {
    Outside,   // no code of a vital sign: its Observations stay as they are
    Breaking,  // they could not conform
  } kind = Kind::Breaking;
  std::string message;                    // one sentence: what, and what to do
  std::string_view member = {};           // of the template's body, where it stands; empty: the whole template
  std::optional<std::size_t> index = {};  // in that list
};

// Makes a template with a LOINC code of a vital sign write Observations of the profile: its codes and category are
// completed, its units become codes of UCUM. One without such a code stays as it is. Of what is not told as a gap,
// every Observation conforms.
std::vector<ProfileGap> conform_to_vital_signs(ObservationTemplate& of);

// The UCUM code of a unit of the vital signs, however it is spelt ("bpm", "mmHg", "°C"); empty: none of them.
std::string_view vital_sign_unit(std::string_view spelling);

}  // namespace aorta::fhir
