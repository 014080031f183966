// Measurement groups and their periods (FHIR-mapping spec, sections 3 and 4).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/same_bytes.hpp"
#include "core/base/time.hpp"
#include "core/group/member.hpp"
#include "core/group/places.hpp"

namespace aorta::group {

// Measurements of one device, type, patient, encounter and correlation in one flush window. The ids are those of the
// first kept one. All of it lives in what made it: an OpenGroups or a GroupList.
struct Group {
  std::span<const Member> measurements = {};  // never empty; at most one per time
  // Measurements that another one of the same time replaced (3.): they are not lost, they are merged into the group.
  std::span<const Member> replaced = {};
  const Member& first() const { return measurements.front(); }
};

struct Boundary {
  DateTime start;
  DateTime end;
};
struct TimedValue {
  DateTime time;
  std::string_view text = {};  // data() == nullptr: absent
};
struct Series {
  std::string_view name;
  std::span<const TimedValue> values;  // ordered by time, one per time
  bool is_called(std::string_view other) const { return same_text(name, other); }
};
// One Observation's share of a group. Texts are the group's, lists live in what made it.
struct ObservationGroup {
  std::string_view name;  // the measurements' type as they spell it
  Boundary boundary;
  std::string_view id_segment;
  std::span<const Series> series = {};               // in order of first appearance
  std::span<const std::uint32_t> measurements = {};  // indexes into the group: who took part
  const Series* find(std::string_view value_name) const {
    for (const Series& s : series) {
      if (s.is_called(value_name)) return &s;
    }
    return nullptr;
  }
};

// What a group is divided by. No measurements give no observation group, or, by correlation id, one whose boundary runs
// from the last tick of the calendar to its first (4.2).
struct GroupParts {
  std::string_view type;
  std::string_view correlation;  // blank: none
  std::span<const Member> measurements;
};

// A list of observation groups, and what they live in. Once it has been as long before, no memory is asked for. Not
// thread-safe.
class ObservationGroups {
 public:
  // Adds those of one more group. Periods as the mapping's periodInterval has them: 0 single, 60 hour, 1440 day, -1
  // correlation id. With an error, none is added. Error reasons: "unsupported-period", "correlation-id-missing",
  // "time-out-of-range".
  Result<void> add(const GroupParts& parts, std::int64_t period_interval);
  Result<void> add(const Group& group, std::int64_t period_interval) {
    return add({group.first().type, group.first().correlation, group.measurements}, period_interval);
  }
  void clear();

  // What stands where changes with add(), but for the texts and lists of each.
  const ObservationGroup* begin() const { return groups_.data(); }
  const ObservationGroup* end() const { return groups_.data() + groups_.size(); }
  std::size_t size() const { return groups_.size(); }
  bool empty() const { return groups_.empty(); }
  const ObservationGroup& operator[](std::size_t i) const { return groups_[i]; }
  const ObservationGroup& front() const { return groups_.front(); }

 private:
  Result<void> add_each(const GroupParts& parts, std::int64_t minutes);
  Result<void> add_by_time(const GroupParts& parts, std::int64_t minutes);
  Result<void> add_by_correlation(const GroupParts& parts);
  void fill_with(ObservationGroup& group, const Member& member);
  void fill_new(const GroupParts& parts, std::size_t first);
  void fill(ObservationGroup& group, std::span<const Member> measurements);
  void take_value(DateTime time, const mapping::ValueView& value, std::size_t most);

  std::vector<ObservationGroup> groups_;
  Arena memory_;
  TimeTexts times_;
  Places by_start_;
  std::vector<std::uint32_t> places_;  // of each measurement: which of the new groups it belongs to
  std::vector<std::uint32_t> sizes_;   // of the new groups
  // A series that grows: in memory for so many values.
  struct Growing {
    std::string_view name;
    std::span<TimedValue> room;
    std::size_t size = 0;
  };
  std::vector<Growing> series_;  // of the group that is filled
};

Result<ObservationGroups> make_observation_groups(const GroupParts& parts, std::int64_t period_interval);
Result<ObservationGroups> make_observation_groups(const Group& group, std::int64_t period_interval);

}  // namespace aorta::group
