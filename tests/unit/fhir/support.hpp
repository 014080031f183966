// What the tests of Observations share.
#pragma once

#include <string>
#include <string_view>

#include "core/fhir/observation_mapping.hpp"
#include "core/group/group.hpp"

namespace aorta::fhir::testing {

inline DateTime at(std::string_view text) { return *detect_date(text).date; }

// A mapping of one template, from the members of its body after typeName "hr" and codes.
inline ObservationMapping mapping_with(std::string_view members) {
  return ObservationMapping::load(
      R"({"templateType":"CollectionFhir","template":[{"templateType":"CodeValueFhir","template":{"typeName":"hr","codes":[{"system":"http://loinc.org","code":"8867-4"}],)" +
      std::string(members) + "}}]}"
  );
}

inline mapping::Measurement reading(std::string_view time, std::string_view name, std::string value) {
  mapping::Measurement m;
  m.type = "hr";
  m.device = "cuff-1";
  m.patient = "mrn-1";
  m.occurred = at(time);
  m.values.push_back({std::string(name), std::move(value)});
  return m;
}

}  // namespace aorta::fhir::testing
