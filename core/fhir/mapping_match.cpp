#include "core/fhir/mapping_match.hpp"

#include <algorithm>

namespace aorta::fhir {
namespace {

void add_name(const std::optional<ValueTemplate>& value, std::vector<std::string>& names) {
  if (value && value->name) names.push_back(*value->name);
}

std::vector<std::string> names_taken(const ObservationTemplate& from) {
  std::vector<std::string> names;
  add_name(from.value, names);
  if (!from.components) return names;
  for (const std::optional<ComponentTemplate>& component : *from.components) {
    if (component) add_name(component->value, names);
  }
  return names;
}

std::vector<std::string> types_of(const ObservationMapping& fhir) {
  std::vector<std::string> types;
  for (const ObservationTemplate& one : fhir.templates()) types.push_back(one.type_name);
  return types;
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

}  // namespace

std::vector<Mismatch> mismatches(const mapping::DeviceMapping& device, const ObservationMapping& fhir) {
  std::vector<Mismatch> out;
  for (const mapping::DeviceMapping::Entry& entry : device.templates) {
    const ObservationTemplate* taker = fhir.find(entry.name);
    if (!taker) {
      out.push_back({entry.name, {}, types_of(fhir), entry.position});
      continue;
    }
    std::vector<std::string> taken = names_taken(*taker);
    for (const std::string& value : entry.value_names) {
      if (!contains(taken, value)) out.push_back({entry.name, value, taken, entry.position});
    }
  }
  return out;
}

}  // namespace aorta::fhir
