// FHIR mappings, loaded.
#include <string>

#include "core/base/arena.hpp"
#include "core/base/letter_case.hpp"
#include "core/base/unicode.hpp"
#include "core/fhir/observation_mapping.hpp"
#include "tests/fuzz/support/outline.hpp"
#include "tests/fuzz/support/property.hpp"
#include "tests/fuzz/support/target.hpp"

namespace aorta::fuzz {
namespace {

using fhir::ObservationMapping;

void found_by_name(const ObservationMapping& mapping) {
  for (const auto& entry : mapping.templates()) {
    const auto* found = mapping.find(to_upper(entry.type_name));
    require(found && equals_ignoring_case(found->type_name, entry.type_name), "a template is found by its name");
  }
}

void fhir_mapping(std::string_view input) {
  Arena arena(kSmallBlock);
  std::string_view text = decode_bytes(input, arena);
  ObservationMapping first = ObservationMapping::load(text);
  ObservationMapping second = ObservationMapping::load(std::string(text));
  require_same(outline(first.problems()), outline(second.problems()), "loading twice finds the same faults");
  require(first.templates().size() == second.templates().size(), "loading twice gives the same templates");
  require(first.escaped() == second.escaped(), "loading twice ends the same");
  found_by_name(first);
}

}  // namespace

const Target kFhirMapping{"fhir_mapping", fhir_mapping, {.seconds = 0.5, .microseconds_per_byte = 100}};

}  // namespace aorta::fuzz
