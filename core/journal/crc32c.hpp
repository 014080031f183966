// CRC-32C (Castagnoli), by the processor where it has an instruction for it. [any]
#pragma once

#include <cstdint>
#include <string_view>

namespace aorta::journal {

// Of `before` followed by `data`, where `crc` is that of `before`; 0 for nothing before.
std::uint32_t crc32c(std::string_view data, std::uint32_t crc = 0);
// The same by table, for processors without the instruction.
std::uint32_t crc32c_by_table(std::string_view data, std::uint32_t crc = 0);

}  // namespace aorta::journal
