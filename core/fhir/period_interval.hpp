// The spellings of periodInterval (FHIR-mapping spec 1.2).
#pragma once

#include <cstdint>
#include <optional>

#include "core/document/node.hpp"

namespace aorta::fhir {

// The interval a scalar spells, whether or not it is a supported one; nothing where it cannot be converted.
std::optional<std::int64_t> period_interval(const document::Node& scalar);

}  // namespace aorta::fhir
