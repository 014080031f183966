// What a store that was looked into would make of an Observation, and why.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/fhir/overlay_store.hpp"
#include "core/fhir/store_query.hpp"
#include "core/group/group.hpp"

namespace aorta::pipeline {

struct StoredObservation {
  std::string id, version;
  std::string type;     // as it was measured under
  std::string patient;  // "Patient/…"
  group::Boundary period;
};

struct StoreDecision {
  enum class Kind : std::uint8_t { Created, Merged, Unchanged } kind = Kind::Created;
  // Created: what keeps it apart from all that is stored.
  enum class Apart : std::uint8_t { Unknown, NewDevice, NothingOfDevice, OtherType, OtherPatient, OtherPeriod };

  std::string identifier;                // by which the Observation is looked for
  std::string id;                        // its own, and afterwards
  std::string json;                      // afterwards
  group::Boundary period;                // afterwards
  std::vector<std::string> made;         // Created: "Device/…", "Patient/…" that are made with it
  std::optional<StoredObservation> met;  // Merged, Unchanged: as it is stored
  Apart apart = Apart::Unknown;
  std::optional<StoredObservation> nearest;  // Created: what comes nearest to it, of the same device
};

// From what a writer asked of the store and saved there. Nothing: it never came to that. `reader`: of an embedded
// store, to find what comes near; nullptr: there is none.
std::optional<StoreDecision> store_decision(
    const group::ObservationGroup& of, const fhir::OverlayStore& store, fhir::StoreReader* reader
);

}  // namespace aorta::pipeline
