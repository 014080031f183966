#include "core/fhir/store_rules.hpp"

#include <charconv>
#include <cstdint>

namespace aorta::fhir {

Result<void> check_expected(const Resource& resource, const Expect& expect, std::string_view current) {
  bool holds = expect.state == Expect::State::Anything || (expect.state == Expect::State::Absent && current.empty()) ||
               (expect.state == Expect::State::Version && current == expect.version && !current.empty());
  if (holds) return {};
  return conflict_over(resource);
}

Error conflict_over(const Resource& resource) {
  return Error(
      "conflict", "the " + resource.type + " was written by somebody else in between: read it again and merge"
  );
}

std::string next_version(std::string_view current) {
  std::int64_t number = 0;
  std::from_chars(current.data(), current.data() + current.size(), number);
  return std::to_string(number + 1);
}

}  // namespace aorta::fhir
