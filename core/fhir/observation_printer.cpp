#include "core/fhir/observation_printer.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/base/put_text.hpp"
#include "core/base/same_bytes.hpp"
#include "core/document/text_writer.hpp"
#include "core/fhir/observation_parts.hpp"

namespace aorta::fhir {

using Spot = ObservationSpots::Spot;

namespace {

// In the same place.
bool is_same(std::string_view a, std::string_view b) { return a.data() == b.data() && a.size() == b.size(); }

}  // namespace

Result<std::string_view> ObservationPrinter::print(
    const ObservationTemplate& made_by, const group::ObservationGroup& group, const NewObservation& as
) {
  bool printed = is_alike(made_by, group, as) && takes_numbers(group) && print_over(group, as);
  if (printed) return std::string_view(room_.data(), size_);
  made_by_ = nullptr;
  AORTA_TRY(text, write_observation(room_, made_by, group, &as, &spots_));
  size_ = text.size();
  last_ = as;
  if (spots_.complete) {
    made_by_ = &made_by;
    note_values();
  }
  return text;
}

void ObservationPrinter::note_values() {
  values_.clear();
  if (made_by_->value && asks_for_value(*made_by_->value)) note_value(*made_by_->value->name, ObservationSpots::kValue);
  std::size_t components = made_by_->components ? made_by_->components->size() : 0;
  for (std::size_t i = 0; i < components; ++i) note_value(*(*made_by_->components)[i]->value->name, i);
}

void ObservationPrinter::note_value(std::string_view name, std::size_t component) {
  auto is_its = [&](const ObservationSpots::Number& number) { return number.component == component; };
  values_.push_back({name, std::any_of(spots_.numbers.begin(), spots_.numbers.end(), is_its), {}});
}

bool ObservationPrinter::is_alike(
    const ObservationTemplate& made_by, const group::ObservationGroup& group, const NewObservation& as
) const {
  return made_by_ == &made_by && same_text(group.name, made_by.type_name) &&
         as.encounter.empty() == (spots_.encounter.size == 0) && !is_one_moment(made_by, group.boundary);
}

// Whether this one has numbers where, and only where, the one before has them.
bool ObservationPrinter::takes_numbers(const group::ObservationGroup& group) {
  for (Value& value : values_) {
    const group::Series* series = group.find(value.name);
    if (!series != !value.is_there) return false;
    if (!series) continue;
    const std::string_view* number = plain_number(*series);
    if (!number) return false;
    value.number = *number;
  }
  return true;
}

bool ObservationPrinter::print_over(const group::ObservationGroup& group, const NewObservation& as) {
  if (!(has_same_subject(as) ? put_segment(group.id_segment) : put_subject(as))) return false;
  if (!last_ || !is_same(as.issued, last_->issued)) put_at(spots_.issued, as.issued);
  last_ = as;
  put_at(spots_.id, as.id);
  put_period(group.boundary);
  auto next = spots_.numbers.begin();
  for (const Value& value : values_) {
    if (value.is_there) put_at(*next++, value.number);
  }
  return true;
}

bool ObservationPrinter::has_same_subject(const NewObservation& as) const {
  return last_ && is_same(as.patient, last_->patient) && is_same(as.device, last_->device) &&
         is_same(as.encounter, last_->encounter) && as.identifier.size() == spots_.identifier.size;
}

bool ObservationPrinter::put_subject(const NewObservation& as) {
  return put_name(spots_.identifier, as.identifier) && put_name(spots_.patient, as.patient) &&
         put_name(spots_.encounter, as.encounter) && put_name(spots_.device, as.device);
}

// What else the identifier is made of is there already.
bool ObservationPrinter::put_segment(std::string_view segment) {
  std::size_t end = spots_.identifier.begin + spots_.identifier.size;
  return document::copy_if_plain(segment, room_.data() + end - segment.size());
}

void ObservationPrinter::put_period(const group::Boundary& period) {
  std::array<char, kMaxIsoText> text;
  char* end = times_.write_round_trip(period.start, text.data());
  put_at(spots_.start, {text.data(), static_cast<std::size_t>(end - text.data())});
  if (period.end != period.start || period.end.zone != period.start.zone)
    end = times_.write_round_trip(period.end, text.data());
  put_at(spots_.end, {text.data(), static_cast<std::size_t>(end - text.data())});
}

[[gnu::always_inline]] inline char* ObservationPrinter::room_at(Spot& spot, std::size_t size) {
  if (size != spot.size) make_room(spot, size);
  return room_.data() + spot.begin;
}

// Where so much goes: what stands behind makes way, or follows.
void ObservationPrinter::make_room(Spot& spot, std::size_t size) {
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
}

// Whether it stands there as it is.
bool ObservationPrinter::put_name(Spot& spot, std::string_view text) {
  return document::copy_if_plain(text, room_at(spot, text.size()));
}

[[gnu::always_inline]] inline void ObservationPrinter::put_at(Spot& spot, std::string_view text) {
  put_text(room_at(spot, text.size()), text);
}

}  // namespace aorta::fhir
