// Where in the text of an Observation stands what it does not share with others of its template.
#pragma once

#include <cstddef>
#include <limits>
#include <vector>

namespace aorta::fhir {

struct ObservationSpots {
  struct Spot {
    std::size_t begin = 0, size = 0;
  };
  static constexpr std::size_t kValue = std::numeric_limits<std::size_t>::max();
  struct Number : Spot {
    std::size_t component = kValue;  // whose number it is: a component's, by its place in the template, or the value's
  };

  Spot id, identifier, patient, encounter, start, end, issued, device;  // no encounter: of size 0
  std::vector<Number> numbers;                                          // in their order
  bool complete = false;  // all else is as in every Observation of the template that has the same numbers
};

}  // namespace aorta::fhir
