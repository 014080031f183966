// Durations and sizes as people write them, and numbers as people read them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace aorta {

// "250ms", "5s", "10m", "1h", "30d": a whole number and a unit, nothing between them. Reason of failure:
// "not-a-duration".
Result<std::chrono::milliseconds> parse_duration(std::string_view text);
// "512B", "64KiB", "16MiB", "2GiB", "1TiB", and "10kB", "10MB", "1GB" as powers of a thousand; "512" is bytes. Reason
// of failure: "not-a-size".
Result<std::uint64_t> parse_bytes(std::string_view text);

// The largest unit without remainder: "5m", "250ms".
std::string duration_text(std::chrono::milliseconds duration);
// The largest binary unit without remainder: "64MiB", "1000B".
std::string bytes_text(std::uint64_t bytes);
// 12480 -> "12,480"
std::string grouped(std::uint64_t number);

}  // namespace aorta
