// groups/1, results/1
#include "core/plugin/host_interfaces.hpp"

namespace aorta::plugin {
namespace {

void info(const aorta_group* handle, aorta_group_info* info) {
  const group::Group& group = *handle->group;
  const group::Member& first = group.first();
  info->type = to_abi(first.type);
  info->device = to_abi(first.device);
  info->patient = to_abi(first.patient);
  info->encounter = to_abi(first.encounter);
  info->correlation = to_abi(first.correlation);
  info->measurement_count = group.measurements.size();
}

std::int32_t measurement(const aorta_group* handle, std::uint64_t index, aorta_group_measurement* out) {
  const group::Group& group = *handle->group;
  if (index >= group.measurements.size()) return 0;
  const group::Member& m = group.measurements[index];
  auto pairs = handle->arena->make_array<aorta_pair>(m.values.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = {to_abi(m.values[i].name), to_abi(m.values[i].text)};
  out->occurred = to_abi(m.occurred);
  out->values = pairs.data();
  out->value_count = pairs.size();
  return 1;
}

fhir::Ending* place(aorta_results* results, std::uint64_t group, std::uint64_t measurement) {
  if (group >= results->endings.size() || measurement >= results->endings[group].size()) return nullptr;
  return &results->endings[group][measurement];
}

void ended(
    aorta_results* results, std::uint64_t group, std::uint64_t measurement, std::int32_t outcome, aorta_str rule
) {
  using Kind = fhir::Ending::Kind;
  fhir::Ending* ending = place(results, group, measurement);
  if (!ending || outcome < AORTA_WRITTEN || outcome > AORTA_FILTERED) return;
  ending->kind = outcome == AORTA_WRITTEN ? Kind::Written : outcome == AORTA_MERGED ? Kind::Merged : Kind::Filtered;
  ending->error = {};
  ending->reason = view(rule);
}

void failed(
    aorta_results* results, std::uint64_t group, std::uint64_t measurement, aorta_str reason, aorta_str message
) {
  fhir::Ending* ending = place(results, group, measurement);
  if (!ending) return;
  ending->kind = fhir::Ending::Kind::Failed;
  ending->error = Error(std::string(view(reason)), std::string(view(message)));
}

}  // namespace

const aorta_groups_api kGroupsApi{sizeof(aorta_groups_api), 0, &info, &measurement};
const aorta_results_api kResultsApi{sizeof(aorta_results_api), 0, &ended, &failed};

}  // namespace aorta::plugin
