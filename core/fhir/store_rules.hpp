// What every store of ours keeps to.
#pragma once

#include <string>
#include <string_view>

#include "core/fhir/store.hpp"

namespace aorta::fhir {

// "conflict" where `expect` does not hold; `current` is the stored version, empty where there is none.
Result<void> check_expected(const Resource& resource, const Expect& expect, std::string_view current);
Error conflict_over(const Resource& resource);
// "1" after nothing, else one more; a version that is no number is followed by "1".
std::string next_version(std::string_view current);

}  // namespace aorta::fhir
