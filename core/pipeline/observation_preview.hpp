// What would become of a message's measurements behind normalization: their groups, the Observations that the FHIR
// mapping makes of them, and which line and measurement each element comes from; and, where a store is looked into,
// what that would make of them. Built by the engine that a run uses, over a store that holds nothing or is not written
// to.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/time.hpp"
#include "core/fhir/observation_mapping.hpp"
#include "core/fhir/observation_writer.hpp"
#include "core/mapping/measurement.hpp"
#include "core/pipeline/ports.hpp"
#include "core/pipeline/store_decision.hpp"

namespace aorta::pipeline {

// A value of a SampledData, in its slot.
struct PreviewedSample {
  std::int64_t slot = 0;
  DateTime time;
  std::string text;
  std::size_t measurement = 0;
  std::optional<std::size_t> over = {};  // the measurement that writes the same slot after it
};
struct PreviewedSamples {
  DateTime start;
  std::int64_t step = 0;  // of one slot, in ticks
  std::int64_t slots = 0;
  std::vector<PreviewedSample> used;  // by time
};

struct PreviewedElement {
  std::string element;                    // "code", "effectivePeriod", "valueQuantity", "component[1]"
  std::string made_of;                    // what of the template: "codes", "periodInterval", "value", "components[1]"
  Position position;                      // of that in the FHIR mapping file
  std::string value;                      // the measurements' value that it takes; empty: none
  bool present = true;                    // false: the template takes a value that no measurement carries
  std::vector<std::string> texts;         // what it holds: codes, start and end, or the value's text per measurement
  std::vector<std::size_t> measurements;  // which gave them, counted from 0 in the message
  std::optional<PreviewedSamples> samples = {};
};

// One Observation, made or refused.
struct ObservationPreview {
  std::size_t group = 0;  // of make_groups(), counted from 0
  std::string type;
  Position position;  // of the FHIR template; {0,0}: there is none
  std::int64_t period_interval = 0;
  std::optional<DateTime> start, end;     // of its period
  std::vector<std::size_t> measurements;  // counted from 0 in the message
  std::vector<PreviewedElement> elements;
  std::string json;  // without what the store adds: id, identifier, subject, device, issued
  std::optional<Failure> refused;
  std::optional<StoreDecision> stored;  // where a store is looked into, and nothing is refused
  // Of the earlier ones, the first that has the same id: this one is merged into it.
  std::optional<std::size_t> joins = {};
};

struct FhirFile {
  std::string_view text;
  const fhir::ObservationMapping& mapping;
};

// A store that is looked into. What it points to outlives the preview.
struct LookedInto {
  fhir::Store* store = nullptr;         // nullptr: nothing is stored
  fhir::StoreReader* reader = nullptr;  // of an embedded one
  fhir::IdentityOptions identity = {};
};

// In the order of the groups. Measurements that another one of the same time replaces are told with it.
std::vector<ObservationPreview> preview_observations(
    const FhirFile& file, std::vector<mapping::Measurement> measurements,
    const std::optional<LookedInto>& into = std::nullopt
);

}  // namespace aorta::pipeline
