// Observations as JSON text: built from a template and an observation group, or merged into one that is stored
// (FHIR-mapping spec, sections 5 and 7.2). Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/fhir/observation_mapping.hpp"
#include "core/fhir/store.hpp"
#include "core/group/group.hpp"

namespace aorta::fhir {

struct ObservationSpots;  // observation_spots.hpp

// What the save step adds to a new Observation: whom it belongs to, by resolved FHIR ids (an empty encounter is none);
// what names it, its id and its identifier's value (resource_id.hpp), which ends with the group's segment and depends
// besides on patient, device and type alone; and when it was issued, in the round-trip form. Id and issued have nothing
// in them that JSON would escape.
struct NewObservation {
  std::string_view patient, device, encounter;
  std::string_view id, identifier, issued;
};

// Errors (of one observation group; never retryable): "value-not-a-number", "value-not-single", "null-code",
// "codes-missing", "component-without-value", "default-period-missing", and those of sampled_data.hpp. Messages name
// the type and the value. Without what is new: no id, identifier, subject, device, encounter and issued.
Result<std::string> create_observation(
    const ObservationTemplate& made_by, const group::ObservationGroup& group, const NewObservation* as = nullptr
);
// The same over what `room` holds. The text lives there; `room` stays longer than it, so that the next one asks for no
// memory. `spots`, if given, says what stands where in it.
Result<std::string_view> write_observation(
    std::string& room, const ObservationTemplate& made_by, const group::ObservationGroup& group,
    const NewObservation* as = nullptr, ObservationSpots* spots = nullptr
);

struct MergedObservation {
  std::string json;
  bool changed = false;  // decimals compared by value, all else as text; the status is not looked at
};
enum class Amend : std::uint8_t { No, WhenChanged };
// Further errors: "existing-not-readable", "existing-value-other-kind", "existing-without-period",
// "existing-component-without-code". Elements that the merge does not touch stay as they are; with Amend::WhenChanged
// the status of a changed one is "amended".
Result<MergedObservation> merge_observation(
    const ObservationTemplate& made_by, const group::ObservationGroup& group, std::string_view existing, Amend amend
);

// Whether a stored resource carries exactly this identifier: system and value, and nothing else (7.1).
bool has_exact_identifier(std::string_view resource_json, const Identifier& identifier);

}  // namespace aorta::fhir
