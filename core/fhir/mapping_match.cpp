#include "core/fhir/mapping_match.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/blank.hpp"

namespace aorta::fhir {
namespace {

// The value names that a template takes; nothing if it cannot be built.
using Taken = std::optional<std::vector<std::string>>;
using Kind = Mismatch::Kind;

void add_name(const ValueTemplate& value, std::vector<std::string>& names) {
  if (value.name) names.push_back(*value.name);
}

bool is_buildable(const std::optional<ComponentTemplate>& component, MatchBy by) {
  if (!component || !component->value) return false;
  return by == MatchBy::ReferenceValidation || component->value->name;
}

Taken names_taken(const ObservationTemplate& from, MatchBy by) {
  std::vector<std::string> names;
  bool own_counts = by == MatchBy::Building || !from.components;
  if (own_counts && from.value) add_name(*from.value, names);
  if (!from.components) return by == MatchBy::Building || from.value ? Taken(std::move(names)) : std::nullopt;
  for (const std::optional<ComponentTemplate>& component : *from.components) {
    if (!is_buildable(component, by)) return std::nullopt;
    add_name(*component->value, names);
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

void match(
    const mapping::DeviceMapping::Entry& given, const ObservationMapping& fhir, MatchBy by, std::vector<Mismatch>& out
) {
  if (by == MatchBy::ReferenceValidation && is_blank(given.name)) {
    out.push_back({Kind::NotBuildable, given.name, {}, {}, given.position});
    return;
  }
  if (by != MatchBy::ReferenceValidation && given.name.empty()) return;  // a vendor's template keeps it to itself
  const ObservationTemplate* taker = fhir.find(given.name);
  if (!taker) {
    out.push_back({Kind::NoTemplate, given.name, {}, types_of(fhir), given.position});
    return;
  }
  Taken taken = names_taken(*taker, by);
  if (!taken) {
    out.push_back({Kind::NotBuildable, given.name, {}, {}, taker->position});
    return;
  }
  for (const std::string& value : given.value_names) {
    if (!contains(*taken, value)) out.push_back({Kind::UnusedValue, given.name, value, *taken, given.position});
  }
}

}  // namespace

std::vector<Mismatch> mismatches(
    const mapping::DeviceMapping::Entry& given, const ObservationMapping& fhir, MatchBy by
) {
  std::vector<Mismatch> out;
  match(given, fhir, by, out);
  return out;
}

std::vector<Mismatch> mismatches(const mapping::DeviceMapping& device, const ObservationMapping& fhir, MatchBy by) {
  std::vector<Mismatch> out;
  for (const mapping::DeviceMapping::Entry& given : device.templates) match(given, fhir, by, out);
  return out;
}

}  // namespace aorta::fhir
