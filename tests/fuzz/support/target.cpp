#include "tests/fuzz/support/target.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "tests/fuzz/support/property.hpp"

namespace aorta::fuzz {

double processor_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void run(const Target& target, std::string_view input) {
  double start = processor_time();
  target.run(input);
  double took = processor_time() - start;
  double allowed = target.cost.seconds + target.cost.microseconds_per_byte * 1e-6 * static_cast<double>(input.size());
  if (took > allowed) std::fprintf(stderr, "took %.3f s for %zu bytes, allowed %.3f s\n", took, input.size(), allowed);
  require(took <= allowed, "an input costs no more than its size allows");
}

std::string_view take_part(std::string_view& rest) {
  std::size_t end = std::min(rest.find('\0'), rest.size());
  std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

unsigned take_byte(std::string_view& rest) {
  if (rest.empty()) return 0;
  auto byte = static_cast<unsigned char>(rest.front());
  rest.remove_prefix(1);
  return byte;
}

}  // namespace aorta::fuzz
