// The handlers of the conformance kinds, one section per room.
#pragma once

#include "core/conform/conform.hpp"

namespace aorta::conform {

// expr_kinds.cpp

// mapping_kinds.cpp

// fhir_kinds.cpp

}  // namespace aorta::conform
