// What a library file says, in one line.
#pragma once

#include <filesystem>
#include <string>

#include "core/base/result.hpp"

namespace aorta::plugin {

// The SHA-256 of a file's bytes: 64 lower-case hexadecimal digits. Reason of failure: "plugin-refused".
Result<std::string> library_digest(const std::filesystem::path& library);

}  // namespace aorta::plugin
