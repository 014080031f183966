// Where in a FHIR mapping file the members of its templates stand, for people who ask.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/base/result.hpp"

namespace aorta::fhir {

// The place of `member` ("codes", "value", "components", letter case ignored), or of the index-th item of that list, in
// the template whose "{" stands at `of` (ObservationTemplate::position). {0,0} where it is not there.
Position place_in_template(
    std::string_view file, Position of, std::string_view member, std::optional<std::size_t> index = std::nullopt
);

}  // namespace aorta::fhir
