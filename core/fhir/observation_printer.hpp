// Observations as JSON text, one after the other.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/fhir/observation.hpp"
#include "core/fhir/observation_spots.hpp"

namespace aorta::fhir {

// Writes each over the one before it. Where the two are of one template and have numbers in the same places, only what
// differs is written: names, times and numbers. Not thread-safe.
class ObservationPrinter {
 public:
  // As create_observation(), over what stays valid until the next call. `made_by` outlives the printer, or that call.
  Result<std::string_view> print(
      const ObservationTemplate& made_by, const group::ObservationGroup& group, const NewObservation& as
  );

 private:
  bool is_alike(const ObservationTemplate& made_by, const group::ObservationGroup& group, const NewObservation& as)
      const;
  bool takes_numbers(const ObservationTemplate& made_by, const group::ObservationGroup& group);
  bool takes_number(const group::Series* series, std::size_t component);
  bool print_over(const group::ObservationGroup& group, const NewObservation& as);
  void put_period(const group::Boundary& period);
  char* room_at(ObservationSpots::Spot& spot, std::size_t size);
  bool put_name(ObservationSpots::Spot& spot, std::string_view text);
  void put_at(ObservationSpots::Spot& spot, std::string_view text);

  std::string room_;        // longer than the text
  std::size_t size_ = 0;    // of the text
  ObservationSpots spots_;  // of the text
  const ObservationTemplate* made_by_ = nullptr;
  std::vector<std::string_view> numbers_;  // of the one that is printed
};

}  // namespace aorta::fhir
