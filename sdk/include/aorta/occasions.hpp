// Measurements gathered by occasion: the sessions, encounters, hours or days of each patient.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aorta/fhir.hpp"
#include "aorta/group_values.hpp"

namespace aorta {

// What one write() brings to one occasion of one patient.
struct Gathered {
  std::string patient, encounter;  // FHIR ids; an empty encounter is none
  Occasion occasion;
  Span seen{};                            // from its first measurement to its last
  std::vector<std::string> observations;  // ids of those in the store, in order, none twice
  std::vector<Place> places;

  void add(const Place& place, aorta_time at, const std::string& observation) {
    seen = places.empty() ? Span{at, at} : joined(seen, {at, at});
    places.push_back(place);
    bool known = std::find(observations.begin(), observations.end(), observation) != observations.end();
    if (!observation.empty() && !known) observations.push_back(observation);
  }
};

// By patient, then by the occasion's key: in the order of the calendar where it is of the calendar.
class Occasions {
 public:
  explicit Occasions(std::string_view per) : per_(per) {}

  // Nothing where the group belongs to no occasion (it has no correlation id, or no encounter).
  Gathered* add(
      const Group& group, const Identity& who, const Place& place, aorta_time at, const std::string& observation
  ) {
    std::optional<Occasion> occasion = Occasion::of(per_, group, at);
    if (!occasion) return nullptr;
    Gathered& to = all_[{who.patient, occasion->key}];
    if (to.places.empty()) {
      to.patient = who.patient;
      to.occasion = std::move(*occasion);
    }
    if (to.encounter.empty()) to.encounter = who.encounter;
    to.add(place, at, observation);
    return &to;
  }
  std::map<std::pair<std::string, std::string>, Gathered>& all() { return all_; }
  // Whether one of the same patient comes later in the calendar.
  bool is_last(const Gathered& one) const {
    auto next = all_.upper_bound({one.patient, one.occasion.key});
    return next == all_.end() || next->first.first != one.patient;
  }

 private:
  std::string per_;
  std::map<std::pair<std::string, std::string>, Gathered> all_;
};

// "result", "basis": the stored references, and those to these Observations that are not among them. Whether any was
// new.
inline bool write_observations(
    ResourceWriter& out, std::string_view name, Node stored, const std::vector<std::string>& ids
) {
  JsonWriter& json = out.element(name);
  std::vector<std::string> known;
  json.begin_list(name);
  for (NodeChild child : stored.children()) {
    known.emplace_back(child.value["reference"].text());
    json.copy({}, child.value);
  }
  bool any = false;
  for (const std::string& id : ids) {
    if (std::find(known.begin(), known.end(), "Observation/" + id) != known.end()) continue;
    any = true;
    write_reference(json, {}, "Observation", id);
  }
  json.end_list();
  return any;
}

// The status of a resource that is complete or not: "preliminary" until it is, "final", and "amended" when it changes
// after that. Nothing where people have withdrawn it: it is not to be touched.
inline std::optional<std::string> next_status(std::string_view stored, bool complete, bool changed) {
  if (stored == "cancelled" || stored == "entered-in-error") return std::nullopt;
  bool open = stored.empty() || stored == "preliminary" || stored == "registered" || stored == "partial";
  if (open) return complete ? "final" : "preliminary";
  return std::string(changed ? "amended" : stored);
}

}  // namespace aorta
