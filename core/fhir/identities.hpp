// Who measured values belong to, as a FHIR server knows them.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "core/fhir/resource_id.hpp"

namespace aorta::fhir {

// Resolved FHIR ids; an empty encounter is none.
struct Identities {
  Identities() = default;
  Identities(std::string of_patient, std::string of_device, std::string of_encounter)
      : patient(std::move(of_patient)),
        device(std::move(of_device)),
        encounter(std::move(of_encounter)),
        namer(std::make_shared<const ObservationNamer>(patient, device)) {}

  std::string patient, device, encounter;
  std::shared_ptr<const ObservationNamer> namer;  // of this device of this patient; nullptr: nobody is resolved yet
};

}  // namespace aorta::fhir
