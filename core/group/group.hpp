// Measurement groups and their periods (FHIR-mapping spec, sections 3 and 4).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/mapping/measurement.hpp"

namespace aorta::group {

// Measurements of one device, type, patient, encounter and correlation in one flush window. The ids are those of the
// first kept one.
struct Group {
  std::vector<mapping::Measurement> measurements;  // never empty; at most one per time
  // Measurements that another one of the same time replaced (3.): they are not lost, they are merged into the group.
  std::vector<mapping::Measurement> replaced;
  const mapping::Measurement& first() const { return measurements.front(); }
};

// Groups in order of first appearance; equal times reduced to the one ingested last.
std::vector<Group> make_groups(std::vector<mapping::Measurement> measurements);

// One Observation's share of a group.
struct Boundary {
  DateTime start;
  DateTime end;
};
struct TimedValue {
  DateTime time;
  std::optional<std::string> text;
};
struct Series {
  std::string name;
  std::vector<TimedValue> values;  // ordered by time, one per time
};
struct ObservationGroup {
  std::string name;  // the measurements' type as they spell it
  Boundary boundary;
  std::string id_segment;
  std::vector<Series> series;             // in order of first appearance
  std::vector<std::size_t> measurements;  // indexes into the group: who took part
  const Series* find(std::string_view value_name) const;
};

// Periods as the mapping's periodInterval has them: 0 single, 60 hour, 1440 day, -1 correlation id. Error reasons:
// "unsupported-period", "correlation-id-missing", "time-out-of-range".
Result<std::vector<ObservationGroup>> make_observation_groups(const Group& group, std::int64_t period_interval);

// The same from parts: no measurements give no group, or, by correlation id, one whose boundary runs from the last tick
// of the calendar to its first (4.2).
struct GroupParts {
  std::string_view type;
  std::string_view correlation;  // blank: none
  std::span<const mapping::Measurement> measurements;
};
Result<std::vector<ObservationGroup>> make_observation_groups(const GroupParts& parts, std::int64_t period_interval);

}  // namespace aorta::group
