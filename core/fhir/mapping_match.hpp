// What a device mapping gives and a FHIR mapping does not take (FHIR-mapping spec, section 2): measured, and then
// nowhere to be seen.
#pragma once

#include <string>
#include <vector>

#include "core/fhir/observation_mapping.hpp"
#include "core/mapping/device_mapping.hpp"

namespace aorta::fhir {

struct Mismatch {
  std::string type;                // typeName of the device template
  std::string value;               // the value name nobody takes; empty: no FHIR template has the type
  std::vector<std::string> known;  // the types, or the value names of the type, that the FHIR mapping has
  Position position;               // of the device template
};

// In the order of the device mapping. Types are compared without letter case, value names with it. A template's own
// value counts also beside components, as both are written (the reference's validation overlooks it then).
std::vector<Mismatch> mismatches(const mapping::DeviceMapping& device, const ObservationMapping& fhir);

}  // namespace aorta::fhir
