// The handlers of the conformance kinds, one section per room.
#pragma once

#include "core/conform/conform.hpp"

namespace aorta::conform {

// expr_kinds.cpp
Answer json_path(const document::Node& request);
Answer jmes_path(const document::Node& request);

// mapping_kinds.cpp
Answer device_mapping(const document::Node& request);
Answer normalize(const document::Node& request);
Answer partition_key(const document::Node& request);

// group_kinds.cpp
Answer measurement_groups(const document::Node& request);
Answer observation_groups(const document::Node& request);
Answer sampled_data(const document::Node& request);

// fhir_kinds.cpp
Answer create_observation(const document::Node& request);
Answer merge_observation(const document::Node& request);
Answer observation(const document::Node& request);
Answer identity(const document::Node& request);
Answer fhir_mapping(const document::Node& request);

// validate_kinds.cpp
Answer validate(const document::Node& request);

}  // namespace aorta::conform
