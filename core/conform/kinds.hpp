// The handlers of the conformance kinds, one section per room.
#pragma once

#include "core/conform/conform.hpp"

namespace aorta::conform {

// expr_kinds.cpp
Answer json_path(const document::Node& request);

// mapping_kinds.cpp
Answer partition_key(const document::Node& request);

// fhir_kinds.cpp

}  // namespace aorta::conform
