// How the MedTech service spreads normalized messages over partitions (device-mapping spec, section 9).
#pragma once

#include <string_view>

#include "core/base/result.hpp"

namespace aorta::mapping {

// The bucket 0–255 of a device id, letter case ignored; 0 for the empty id. Error reason "partition-key-overflow": the
// one hash in 2^32 that the reference cannot take the absolute value of. [any thread]
Result<int> partition_key(std::string_view device_id);

}  // namespace aorta::mapping
