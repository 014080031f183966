// The handlers of the conformance kinds, one section per room.
#pragma once

#include "core/conform/conform.hpp"

namespace aorta::conform {

// expr_kinds.cpp

// mapping_kinds.cpp
Answer partition_key(const document::Node& request);

// fhir_kinds.cpp

}  // namespace aorta::conform
