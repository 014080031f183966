// Observations as JSON text, one after the other.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/time.hpp"
#include "core/fhir/observation.hpp"
#include "core/fhir/observation_spots.hpp"

namespace aorta::fhir {

// Writes each over the one before it. Where the two are of one template and have numbers in the same places, only what
// differs is written: names, times and numbers. Not thread-safe.
class ObservationPrinter {
 public:
  // From here to the next call of it, what print() is given as patient, device, encounter and issued stays where it is,
  // as it is: texts in the same place are taken for the same.
  void begin() { last_.reset(); }
  // As create_observation(), over what stays valid until the next call. `made_by` outlives the printer.
  Result<std::string_view> print(
      const ObservationTemplate& made_by, const group::ObservationGroup& group, const NewObservation& as
  );

 private:
  bool is_alike(const ObservationTemplate& made_by, const group::ObservationGroup& group, const NewObservation& as)
      const;
  bool takes_numbers(const group::ObservationGroup& group);
  bool print_over(const group::ObservationGroup& group, const NewObservation& as);
  bool has_same_subject(const NewObservation& as) const;
  bool put_subject(const NewObservation& as);
  bool put_segment(std::string_view segment);
  void put_period(const group::Boundary& period);
  char* room_at(ObservationSpots::Spot& spot, std::size_t size);
  void make_room(ObservationSpots::Spot& spot, std::size_t size);
  bool put_name(ObservationSpots::Spot& spot, std::string_view text);
  void put_at(ObservationSpots::Spot& spot, std::string_view text);
  void note_values();
  void note_value(std::string_view name, std::size_t component);

  std::string room_;        // longer than the text
  std::size_t size_ = 0;    // of the text
  ObservationSpots spots_;  // of the text
  const ObservationTemplate* made_by_ = nullptr;
  std::optional<NewObservation> last_;  // the text's, but for its id and identifier; none since begin()
  // What its template takes from a group, in the text's order.
  struct Value {
    std::string_view name;
    bool is_there;            // in the text, as a number
    std::string_view number;  // of the one that is printed
  };
  std::vector<Value> values_;
  TimeTexts times_;
};

}  // namespace aorta::fhir
