// What fhir/1 keeps for a sink: whom its devices belong to, and the way into its store.
#pragma once

#include "core/fhir/identity.hpp"
#include "core/fhir/resource_saver.hpp"

namespace aorta::plugin {

// Of a sink that writes resources, and for which no store is named.
inline Error no_store() {
  return Error("sink-has-no-store", "this sink writes resources; name a store for it in the pipeline file");
}

struct FhirAccess {
  FhirAccess(fhir::Store& home, fhir::IdentityOptions options)
      : store(home), identities(home, std::move(options), counts), saver(home) {}

  fhir::Store& store;
  fhir::WriteCounts counts;
  fhir::IdentityResolver identities;
  fhir::ResourceSaver saver;
};

}  // namespace aorta::plugin
