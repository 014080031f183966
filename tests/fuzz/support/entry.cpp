// One target as a libFuzzer program. AORTA_FUZZ_TARGET names it.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/support/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  aorta::fuzz::run(aorta::fuzz::AORTA_FUZZ_TARGET, {reinterpret_cast<const char*>(data), size});
  return 0;
}
