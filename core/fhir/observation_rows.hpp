// An Observation as rows for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/document/node.hpp"
#include "core/fhir/store_query.hpp"

namespace aorta::fhir {

// The rows of an Observation; patient and device are left as the references that the resource has.
std::vector<ObservationRow> observation_rows(const document::Node& observation);

}  // namespace aorta::fhir
