#include "core/fhir/store_rules.hpp"

#include <cstdint>

#include "core/base/whole_number.hpp"

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
  return std::to_string(whole_number<std::int64_t>(current).value_or(0) + 1);
}

}  // namespace aorta::fhir
