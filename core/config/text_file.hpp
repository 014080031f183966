// Small files, read whole.
#pragma once

#include <cstddef>
#include <string>

#include "core/base/result.hpp"

namespace aorta::config {

// Of a device or FHIR mapping.
inline constexpr std::size_t kMaxMappingBytes = 64 * 1024 * 1024;

// The content of a regular file of at most `limit` bytes. Reasons of failure: "file-missing", "file-unreadable" (a
// folder, a device, no right to read), "file-too-large". The error carries the path as its file.
Result<std::string> read_text_file(const std::string& path, std::size_t limit);

// Whether it could be read, as far as its size does not matter.
Result<void> find_text_file(const std::string& path);

}  // namespace aorta::config
