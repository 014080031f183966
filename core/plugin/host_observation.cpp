// observation/1
#include "core/fhir/observation_mapping.hpp"
#include "core/fhir/resource_id.hpp"
#include "core/plugin/failure.hpp"
#include "core/plugin/fhir_access.hpp"
#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/instance.hpp"

namespace aorta::plugin {
namespace {

std::string problem_text(std::string_view file, const fhir::ObservationMapping& mapping) {
  std::string out;
  for (const mapping::Problem& problem : mapping.problems()) {
    if (!out.empty()) out += "\n";
    out += Error("", problem.message).at(std::string(file), problem.position).text();
  }
  return out.empty() ? std::string(file) + ": cannot be read as a FHIR mapping" : out;
}

aorta_observation_mapping* load_as(const aorta_host* host, aorta_str file, aorta_str text, fhir::Profile profile) {
  Instance& instance = Instance::of(host);
  if (!instance.home().store) {
    fail_with(no_store());
    return nullptr;
  }
  fhir::ObservationMapping mapping = fhir::ObservationMapping::load(view(text), profile);
  if (!mapping.problems().empty() || mapping.escaped()) {
    fail_with(Error("bad-fhir-mapping", problem_text(view(file), mapping)));
    return nullptr;
  }
  auto* made = new aorta_observation_mapping(instance, std::move(mapping));
  instance.engines().push_back(made);
  return made;
}

aorta_observation_mapping* load(const aorta_host* host, aorta_str file, aorta_str text) {
  return load_as(host, file, text, fhir::Profile::None);
}

aorta_observation_mapping* load_with_profile(const aorta_host* host, aorta_str file, aorta_str text, aorta_str name) {
  if (auto profile = fhir::profile_called(view(name))) return load_as(host, file, text, *profile);
  fail_with(Error("bad-config", "\"" + std::string(view(name)) + "\" is no profile that is known here"));
  return nullptr;
}

void release(aorta_observation_mapping* mapping) {
  if (mapping) std::erase(mapping->instance.engines(), mapping);
  delete mapping;
}

std::int32_t write(
    const aorta_host*, aorta_observation_mapping* mapping, const aorta_group* const* groups, std::uint64_t count,
    aorta_results* results
) {
  std::vector<const group::Group*> all;
  for (std::uint64_t i = 0; i < count; ++i) all.push_back(groups[i]->group);
  auto endings = mapping->writer.write(all);
  if (endings.has_error()) return fail_with(endings.error(), AORTA_FATAL);  // of the store, not of these groups
  for (std::uint64_t i = 0; i < count; ++i) results->endings[groups[i]->index] = std::move((*endings)[i]);
  return AORTA_OK;
}

std::int32_t parts(
    const aorta_host*, aorta_observation_mapping* mapping, const aorta_group* handle, aorta_str patient,
    aorta_str device, void* self, void (*each)(void* self, const aorta_observation_part* part)
) {
  const group::Group& group = *handle->group;
  const fhir::ObservationTemplate* made_by = mapping->mapping.find(group.first().type);
  if (!made_by) return fail_with(Error("no-fhir-template", "no template of the FHIR mapping has this typeName"));
  auto made = group::make_observation_groups(group, made_by->period_interval);
  if (made.has_error()) return fail_with(made.error());
  for (const group::ObservationGroup& one : *made) {
    fhir::Identifier identifier = fhir::observation_identifier(view(patient), view(device), one.name, one.id_segment);
    std::vector<std::uint64_t> measurements(one.measurements.begin(), one.measurements.end());
    aorta_observation_part part{
        sizeof(aorta_observation_part),
        0,
        to_abi(identifier.system),
        to_abi(identifier.value),
        to_abi(one.boundary.start),
        to_abi(one.boundary.end),
        measurements.data(),
        measurements.size()};
    each(self, &part);
  }
  return AORTA_OK;
}

}  // namespace

const aorta_observation_api kObservationApi{
    sizeof(aorta_observation_api), 0, &load, &release, &write, &parts, &load_with_profile};

}  // namespace aorta::plugin
