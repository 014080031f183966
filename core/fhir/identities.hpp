// Who measured values belong to, as a FHIR server knows them.
#pragma once

#include <memory>
#include <string>

#include "core/fhir/resource_id.hpp"

namespace aorta::fhir {

// Resolved FHIR ids; an empty encounter is none.
struct Identities {
  std::string patient, device, encounter;
  // Of this device of this patient; nullptr: nobody has made it yet.
  std::shared_ptr<const ObservationNamer> namer = nullptr;
};

}  // namespace aorta::fhir
