// Where in a FHIR mapping file the members of its templates stand, for people who ask.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/base/result.hpp"
#include "core/document/document.hpp"

namespace aorta::fhir {

class TemplatePlaces {
 public:
  // Reads the file's text, which must outlive it, once. Of a file that is no JSON nothing is found.
  explicit TemplatePlaces(std::string_view file);

  // The place of `member` ("codes", "value", "components", letter case ignored), or of the index-th item of that list,
  // in the template whose "{" stands at `of` (ObservationTemplate::position). {0,0} where it is not there.
  Position find(Position of, std::string_view member, std::optional<std::size_t> index = std::nullopt) const;

 private:
  document::Document file_;
  bool readable_;
};

}  // namespace aorta::fhir
