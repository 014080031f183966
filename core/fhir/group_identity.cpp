#include "core/fhir/group_identity.hpp"

namespace aorta::fhir {
namespace {

std::optional<std::string> optional_text(std::string_view text) {
  return text.data() ? std::optional<std::string>(text) : std::nullopt;
}

mapping::Measurement subject_of(const group::Member& first) {
  mapping::Measurement out;
  out.device = first.device;
  out.patient = optional_text(first.patient);
  out.encounter = optional_text(first.encounter);
  return out;
}

}  // namespace

std::vector<Result<Identities>> resolve_groups(
    IdentityResolver& identities, std::span<const group::Group* const> groups
) {
  std::vector<mapping::Measurement> subjects;
  std::vector<const mapping::Measurement*> pointers;
  subjects.reserve(groups.size());
  pointers.reserve(groups.size());
  for (const group::Group* group : groups) pointers.push_back(&subjects.emplace_back(subject_of(group->first())));
  return identities.resolve_all(pointers);
}

}  // namespace aorta::fhir
