// What a shared library exports, read from its file; no code of it runs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.hpp"

namespace aorta::plugin::verify {

// Names of the defined dynamic symbols, as the loader sees them. Reason of failure: "plugin-refused".
Result<std::vector<std::string>> exported_symbols(const std::filesystem::path& library);

}  // namespace aorta::plugin::verify
