// observation/1
#include "core/fhir/observation_mapping.hpp"
#include "core/plugin/failure.hpp"
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

aorta_observation_mapping* load(const aorta_host* host, aorta_str file, aorta_str text) {
  Instance& instance = Instance::of(host);
  if (!instance.home().store) {
    fail_with(Error("sink-has-no-store", "this sink writes resources; name a store for it in the pipeline file"));
    return nullptr;
  }
  fhir::ObservationMapping mapping = fhir::ObservationMapping::load(view(text));
  if (!mapping.problems().empty() || mapping.escaped()) {
    fail_with(Error("bad-fhir-mapping", problem_text(view(file), mapping)));
    return nullptr;
  }
  auto* made = new aorta_observation_mapping(instance, std::move(mapping));
  instance.engines().push_back(made);
  return made;
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
  if (endings.has_error()) return fail_with(endings.error());
  for (std::uint64_t i = 0; i < count; ++i) results->endings[groups[i]->index] = std::move((*endings)[i]);
  return AORTA_OK;
}

}  // namespace

const aorta_observation_api kObservationApi{sizeof(aorta_observation_api), 0, &load, &release, &write};

}  // namespace aorta::plugin
