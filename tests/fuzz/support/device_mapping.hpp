// Device mappings as the host loads them.
#pragma once

#include <string_view>

#include "core/mapping/device_mapping.hpp"

namespace aorta::fuzz {

// With the template plugins of this build.
mapping::DeviceMapping load_mapping(std::string_view text);

}  // namespace aorta::fuzz
