// Reads the "value" object of a template. The reference writes it back as text and reads that anew, tolerantly: unknown
// members are ignored, the first fault ends it, and places count in the re-written text (FHIR-mapping spec 1.3, 1.4).
#pragma once

#include "core/document/document.hpp"
#include "core/fhir/observation_mapping.hpp"

namespace aorta::fhir {

// The text of a scalar inside a value: dates as ISO text, numbers as JSON writes them, true and false.
std::string value_text(const document::Node& scalar, Arena& arena);

struct ValueRead {
  std::optional<ValueTemplate> value;
  std::optional<mapping::Problem> problem;
};
ValueRead read_value_template(const document::Node& node, Arena& arena);

// Where `target` stands in `root` written with line breaks and two spaces a level: the end of a scalar, a list's
// opening bracket, the colon behind an object's first name.
Position place_when_indented(const document::Node& root, const document::Node& target, Arena& arena);

}  // namespace aorta::fhir
