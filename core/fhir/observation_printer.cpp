#include "core/fhir/observation_printer.hpp"

#include <array>
#include <cstring>

#include "core/base/put_text.hpp"
#include "core/base/time.hpp"
#include "core/document/text_writer.hpp"
#include "core/fhir/observation_parts.hpp"

namespace aorta::fhir {

using Spot = ObservationSpots::Spot;

Result<std::string_view> ObservationPrinter::print(
    const ObservationTemplate& made_by, const group::ObservationGroup& group, const NewObservation& as
) {
  bool printed = is_alike(made_by, group, as) && takes_numbers(made_by, group) && print_over(group, as);
  if (printed) return std::string_view(room_.data(), size_);
  made_by_ = nullptr;
  AORTA_TRY(text, write_observation(room_, made_by, group, &as, &spots_));
  made_by_ = &made_by;
  size_ = text.size();
  return text;
}

bool ObservationPrinter::is_alike(
    const ObservationTemplate& made_by, const group::ObservationGroup& group, const NewObservation& as
) const {
  return made_by_ == &made_by && spots_.complete && group.name == made_by.type_name &&
         as.encounter.empty() == (spots_.encounter.size == 0) && !is_one_moment(made_by, group.boundary);
}

bool ObservationPrinter::takes_numbers(const ObservationTemplate& made_by, const group::ObservationGroup& group) {
  numbers_.clear();
  if (!takes_number(series_for_value(made_by.value, group), ObservationSpots::kValue)) return false;
  std::size_t components = made_by.components ? made_by.components->size() : 0;
  for (std::size_t i = 0; i < components; ++i) {
    if (!takes_number(group.find(*(*made_by.components)[i]->value->name), i)) return false;
  }
  return numbers_.size() == spots_.numbers.size();
}

// Whether this one has the number where, and only where, the one before has it.
bool ObservationPrinter::takes_number(const group::Series* series, std::size_t component) {
  std::size_t next = numbers_.size();
  bool was_there = next < spots_.numbers.size() && spots_.numbers[next].component == component;
  if (!series || !was_there) return !series && !was_there;
  const std::string_view* number = plain_number(*series);
  if (number) numbers_.push_back(*number);
  return number != nullptr;
}

bool ObservationPrinter::print_over(const group::ObservationGroup& group, const NewObservation& as) {
  bool plain = put_name(spots_.identifier, as.identifier) && put_name(spots_.patient, as.patient) &&
               put_name(spots_.encounter, as.encounter) && put_name(spots_.device, as.device);
  if (!plain) return false;
  put_at(spots_.id, as.id);
  put_at(spots_.issued, as.issued);
  put_period(group.boundary);
  for (std::size_t i = 0; i < numbers_.size(); ++i) put_at(spots_.numbers[i], numbers_[i]);
  return true;
}

void ObservationPrinter::put_period(const group::Boundary& period) {
  std::array<char, kMaxIsoText> text;
  char* end = write_round_trip_text(period.start, text.data());
  put_at(spots_.start, {text.data(), static_cast<std::size_t>(end - text.data())});
  if (period.end != period.start || period.end.zone != period.start.zone)
    end = write_round_trip_text(period.end, text.data());
  put_at(spots_.end, {text.data(), static_cast<std::size_t>(end - text.data())});
}

// Where so much goes: what stands behind makes way, or follows.
char* ObservationPrinter::room_at(Spot& spot, std::size_t size) {
  if (size == spot.size) return room_.data() + spot.begin;
  std::size_t rest = spot.begin + spot.size;
  if (size_ + size > room_.size()) room_.resize(2 * (size_ + size));
  std::memmove(room_.data() + spot.begin + size, room_.data() + rest, size_ - rest);
  size_ = size_ - spot.size + size;
  auto move = [&](Spot& other) {
    if (other.begin > spot.begin) other.begin = other.begin - spot.size + size;
  };
  ObservationSpots& s = spots_;
  for (Spot* other : {&s.id, &s.identifier, &s.patient, &s.encounter, &s.start, &s.end, &s.issued, &s.device})
    move(*other);
  for (Spot& other : s.numbers) move(other);
  spot.size = size;
  return room_.data() + spot.begin;
}

// Whether it stands there as it is.
bool ObservationPrinter::put_name(Spot& spot, std::string_view text) {
  return document::copy_if_plain(text, room_at(spot, text.size()));
}

void ObservationPrinter::put_at(Spot& spot, std::string_view text) { put_text(room_at(spot, text.size()), text); }

}  // namespace aorta::fhir
