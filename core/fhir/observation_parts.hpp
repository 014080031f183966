// The elements of an Observation that a template describes, written one by one.
#pragma once

#include "core/fhir/json_writer.hpp"
#include "core/fhir/observation_mapping.hpp"
#include "core/group/group.hpp"

namespace aorta::fhir {

// Name of the kind as in FHIR ("SampledData").
std::string_view kind_name(ValueKind kind);

// "name": {coding: codes and then the connector's own, text}.
Result<void> write_code(JsonWriter& out, std::string_view name, const Codes& codes, std::string_view text);
void write_coding(JsonWriter& out, const Code& code);
// "category": [...], if there are any.
Result<void> write_category(JsonWriter& out, const std::vector<std::optional<Category>>& category);
// "effectivePeriod"; with a profile "effectiveDateTime" where it is one moment and no samples are gathered.
void write_effective(JsonWriter& out, const ObservationTemplate& made_by, const group::Boundary& period);
inline bool is_one_moment(const ObservationTemplate& made_by, const group::Boundary& period) {
  return made_by.profile == Profile::VitalSigns && !made_by.gathers_samples && period.start == period.end;
}
// "dataAbsentReason": nobody knows why.
void write_data_absent(JsonWriter& out);
// The number of a Quantity: the series' only value. `digits` holds it where it is not spelt as FHIR wants it. Errors:
// "value-not-single", "value-not-a-number".
Result<std::string_view> quantity_digits(const group::Series& series, std::string& digits);
// The same where it is: as FHIR wants it already; else nullptr.
const std::string_view* plain_number(const group::Series& series);
// "value<Kind>": the values of one series as a template wants them, over `period` (spec 5.1).
Result<void> write_value(
    JsonWriter& out, const ValueTemplate& made_by, const group::Series& series, const group::Boundary& period
);
// {code, value}.
Result<void> write_component(
    JsonWriter& out, const ComponentTemplate& made_by, const group::Series& series, const group::Boundary& period
);

// {code, dataAbsentReason}, of a component that the profile demands.
Result<void> write_absent_component(JsonWriter& out, const ComponentTemplate& made_by);

// Not with a blank name.
bool asks_for_value(const ValueTemplate& made_by);
// The value of the group that the top-level template asks for.
const group::Series* series_for_value(
    const std::optional<ValueTemplate>& made_by, const group::ObservationGroup& group
);
// The same for a component, whose template must have a value with a name.
Result<const group::Series*> series_for_component(
    const std::optional<ComponentTemplate>& made_by, const group::ObservationGroup& group
);

// Ticks a step of a SampledData template. Errors: "default-period-missing", "sampled-period-out-of-range".
Result<std::int64_t> template_step(const ValueTemplate& made_by);

}  // namespace aorta::fhir
