// What a device mapping gives and a FHIR mapping does not take (FHIR-mapping spec, section 2): measured, and then
// nowhere to be seen.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/fhir/observation_mapping.hpp"
#include "core/mapping/device_mapping.hpp"

namespace aorta::fhir {

struct Mismatch {
  enum class Kind : std::uint8_t {
    NoTemplate,    // no FHIR template has the type
    UnusedValue,   // the type's FHIR template has no use for the value
    NotBuildable,  // the type's FHIR template fails whatever is measured
  };
  Kind kind;
  std::string type;                // typeName of the device template
  std::string value;               // only of an UnusedValue
  std::vector<std::string> known;  // the types, or the value names of the type, that the FHIR mapping has
  Position position;               // of the device template; of a NotBuildable, the FHIR template
};

// How much of a FHIR template counts.
enum class MatchBy : std::uint8_t {
  // What Observations are built from: the template's own value and its components' values. A component without value
  // or valueName cannot be built.
  Building,
  // What the reference's validation looks at: beside a list of components, even an empty one, it overlooks the own
  // value; it fails on a template without value and components, and on a device template whose type is blank.
  ReferenceValidation,
};

// In the order of the device mapping. Types are compared without letter case, value names with it.
std::vector<Mismatch> mismatches(
    const mapping::DeviceMapping& device, const ObservationMapping& fhir, MatchBy by = MatchBy::Building
);
// Those of one template.
std::vector<Mismatch> mismatches(
    const mapping::DeviceMapping::Entry& given, const ObservationMapping& fhir, MatchBy by = MatchBy::Building
);

}  // namespace aorta::fhir
