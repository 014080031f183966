// A fuzz target: one function that takes any bytes, demands what must hold (property.hpp) and returns.
#pragma once

#include <cstddef>
#include <string_view>

namespace aorta::fuzz {

// What one input may cost in processor time: a base and a rate, so that nothing may grow faster than its input. Wide
// enough for a sanitizer's build on a busy machine, narrow enough to catch a hang and quadratic work.
struct Cost {
  double seconds = 0.2;
  double microseconds_per_byte = 20;
};

struct Target {
  std::string_view name;
  void (*run)(std::string_view input);
  Cost cost = {};
};

// One per file of targets/.
extern const Target kDates;
extern const Target kDeviceMapping;
extern const Target kFhirMapping;
extern const Target kGrowth;
extern const Target kJmesPath;
extern const Target kJsonEnvelope;
extern const Target kJsonPath;
extern const Target kJsonValue;
extern const Target kNormalize;
extern const Target kNumbers;
extern const Target kRegex;
extern const Target kText;

// Of arenas: inputs are small, and a sanitizer's allocator makes large blocks dear.
constexpr std::size_t kSmallBlock = 1024;

// Runs the target once and holds it to its cost.
void run(const Target& target, std::string_view input);

// Processor time of this thread, in seconds.
double processor_time();

// The part of `rest` before the next NUL, which is dropped; all of it if there is none.
std::string_view take_part(std::string_view& rest);
// The first byte of `rest`, which is dropped; 0 if there is none.
unsigned take_byte(std::string_view& rest);

}  // namespace aorta::fuzz
