#include "core/fhir/observation.hpp"

#include "core/fhir/json_writer.hpp"
#include "core/fhir/observation_parts.hpp"
#include "core/fhir/resource_id.hpp"

namespace aorta::fhir {
namespace {

constexpr std::size_t kUsualSize = 2048;  // bytes; of memory to begin with

void write_identity(JsonWriter& out, const group::ObservationGroup& group, const ObservationLinks& links) {
  std::string value = observation_identifier_value(links.patient, links.device, group.name, group.id_segment);
  out.text("id", resource_id(kConnectorSystem, value));
  out.begin_list("identifier");
  out.begin_object();
  out.text("system", kConnectorSystem);
  out.text("value", value);
  out.end_object();
  out.end_list();
}

void write_reference(JsonWriter& out, std::string_view name, std::string_view type, const std::string& id) {
  out.begin_object(name);
  std::string target;
  target.reserve(type.size() + 1 + id.size());
  out.text("reference", target.append(type).append(1, '/').append(id));
  out.end_object();
}

void write_subject(JsonWriter& out, const ObservationLinks& links) {
  write_reference(out, "subject", "Patient", links.patient);
  if (!links.encounter.empty()) write_reference(out, "encounter", "Encounter", links.encounter);
}

Result<void> write_components(
    JsonWriter& out, const ObservationTemplate& made_by, const group::ObservationGroup& group
) {
  if (!made_by.components) return {};
  out.begin_list("component");
  for (const std::optional<ComponentTemplate>& component : *made_by.components) {
    AORTA_TRY(series, series_for_component(component, group));
    if (series) AORTA_CHECK(write_component(out, *component, *series, group.boundary));
  }
  out.end_list();
  return {};
}

}  // namespace

Result<std::string> create_observation(
    const ObservationTemplate& made_by, const group::ObservationGroup& group, const ObservationLinks* links
) {
  std::string json;
  json.reserve(kUsualSize);
  JsonWriter out(json);
  out.begin_object();
  out.text("resourceType", "Observation");
  if (links) write_identity(out, group, *links);
  out.text("status", "final");
  AORTA_CHECK(write_category(out, made_by.category));
  AORTA_CHECK(write_code(out, "code", made_by.codes, group.name));
  if (links) write_subject(out, *links);
  write_period(out, group.boundary);
  if (links) out.time("issued", utc_now());
  if (const group::Series* series = series_for_value(made_by.value, group)) {
    AORTA_CHECK(write_value(out, *made_by.value, *series, group.boundary));
  }
  if (links) write_reference(out, "device", "Device", links->device);
  AORTA_CHECK(write_components(out, made_by, group));
  out.end_object();
  return json;
}

}  // namespace aorta::fhir
