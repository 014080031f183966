#include "core/mapping/partition_key.hpp"

#include <cstdint>
#include <cstdlib>
#include <limits>

#include "core/base/letter_case.hpp"
#include "core/base/unicode.hpp"

namespace aorta::mapping {
namespace {

constexpr std::uint32_t kFactor = 31;
constexpr int kBuckets = 256;

// Over UTF-16 units, wrapping around at 32 bits.
std::uint32_t hash_lower(std::string_view text) {
  std::uint32_t hash = 0;
  for (const char* p = text.data(); p != text.data() + text.size();) {
    char32_t c = to_lower(next_char(p));
    if (c >= 0x10000) {
      hash = hash * kFactor + high_surrogate(c);
      c = low_surrogate(c);
    }
    hash = hash * kFactor + c;
  }
  return hash;
}

}  // namespace

Result<int> partition_key(std::string_view device_id) {
  auto hash = static_cast<std::int32_t>(hash_lower(device_id));
  if (hash == std::numeric_limits<std::int32_t>::min()) {
    return Error(
        "partition-key-overflow", "the hash of this device id is the least 32-bit integer, which has no absolute value"
    );
  }
  return std::abs(hash) % kBuckets;
}

}  // namespace aorta::mapping
