#include <algorithm>
#include <cstring>
#include <utility>

#include "core/base/blank.hpp"
#include "core/group/group.hpp"
#include "core/group/places.hpp"
#include "core/group/times.hpp"

namespace aorta::group {
namespace {

constexpr std::int64_t kSingle = 0;
constexpr std::int64_t kHourly = 60;
constexpr std::int64_t kDaily = 1440;
constexpr std::int64_t kCorrelation = -1;

// yyyyMMddHHmmssZ.yyyyMMddHHmmssZ: cut to whole seconds, not rounded.
std::string_view segment_of(const Boundary& boundary, TimeTexts& times, Arena& memory) {
  constexpr std::size_t kStamp = 15;
  char* const text = static_cast<char*>(memory.allocate(2 * kStamp + 1, 1));
  char* out = times.write_stamp(boundary.start, text);
  *out++ = '.';
  if (boundary.start == boundary.end) {
    std::memcpy(out, text, kStamp);
  } else {
    times.write_stamp(boundary.end, out);
  }
  return {text, 2 * kStamp + 1};
}

// The first value of a time stays.
std::span<const TimedValue> in_order(std::span<TimedValue> values) {
  auto not_before = [](const TimedValue& a, const TimedValue& b) { return a.time >= b.time; };
  if (std::adjacent_find(values.begin(), values.end(), not_before) == values.end()) return values;
  auto before = [](const TimedValue& a, const TimedValue& b) { return a.time < b.time; };
  std::stable_sort(values.begin(), values.end(), before);
  auto same_time = [](const TimedValue& a, const TimedValue& b) { return a.time == b.time; };
  auto end = std::unique(values.begin(), values.end(), same_time);
  return values.first(static_cast<std::size_t>(end - values.begin()));
}

Boundary boundary_of(std::int64_t start, std::int64_t end) {
  return {{start, DateTime::Zone::Utc}, {end, DateTime::Zone::Utc}};
}

Result<Boundary> time_boundary(DateTime time, std::int64_t minutes) {
  if (minutes == kSingle) return boundary_of(time.ticks, time.ticks);
  std::int64_t length = minutes * 60 * DateTime::kTicksPerSecond;
  std::int64_t start = time.ticks - time.ticks % length;
  std::int64_t end = start + length - 1;
  if (end < DateTime::kMaxTicks) return boundary_of(start, end);
  // The reference computes the next start, and that must exist too.
  return Error(
      "time-out-of-range", "the period around " + iso_text(time) + " ends after the year 9999: send an earlier time"
  );
}

// No two of them share a period.
bool stand_alone(std::span<const Member> measurements, std::int64_t minutes) {
  return measurements.size() == 1 || (minutes == kSingle && times_rise(measurements));
}

Error unsupported(std::int64_t period_interval, std::string_view type) {
  return Error(
      "unsupported-period", "periodInterval " + std::to_string(period_interval) + " of type \"" + std::string(type) +
                                "\" is not supported: use 0 (single), 60 (hour), 1440 (day) or -1 (correlation id)"
  );
}

}  // namespace

Result<void> ObservationGroups::add(const GroupParts& parts, std::int64_t period_interval) {
  bool by_time = period_interval == kSingle || period_interval == kHourly || period_interval == kDaily;
  if (!by_time && period_interval != kCorrelation) return unsupported(period_interval, parts.type);
  if (by_time && stand_alone(parts.measurements, period_interval)) return add_each(parts, period_interval);
  std::size_t before = groups_.size();
  places_.clear();
  sizes_.clear();
  Result<void> added = by_time ? add_by_time(parts, period_interval) : add_by_correlation(parts);
  if (added.has_error()) {
    groups_.resize(before);
  } else {
    fill_new(parts, before);
  }
  return added;
}

// As most do: each is an observation group.
Result<void> ObservationGroups::add_each(const GroupParts& parts, std::int64_t minutes) {
  std::span<std::uint32_t> places = memory_.make_array<std::uint32_t>(parts.measurements.size());
  for (std::uint32_t i = 0; i < places.size(); ++i) {
    const Member& member = parts.measurements[i];
    AORTA_TRY(boundary, time_boundary(member.occurred, minutes));
    places[i] = i;
    groups_.push_back({parts.type, boundary, segment_of(boundary, times_, memory_), {}, places.subspan(i, 1)});
    fill_with(groups_.back(), member);
  }
  return {};
}

Result<void> ObservationGroups::add_by_time(const GroupParts& parts, std::int64_t minutes) {
  by_start_.clear();
  for (const Member& m : parts.measurements) {
    AORTA_TRY(boundary, time_boundary(m.occurred, minutes));
    auto [place, fresh] = by_start_.find_or_add(boundary.start.ticks, sizes_.size());
    if (fresh) {
      groups_.push_back({parts.type, boundary, segment_of(boundary, times_, memory_)});
      sizes_.push_back(0);
    }
    places_.push_back(static_cast<std::uint32_t>(place));
    ++sizes_[place];
  }
  return {};
}

Result<void> ObservationGroups::add_by_correlation(const GroupParts& parts) {
  if (is_blank(parts.correlation)) {
    return Error(
        "correlation-id-missing", "measurements of type \"" + std::string(parts.type) +
                                      "\" are grouped by correlation id, and this one has none: give the device "
                                      "template a correlationIdExpression"
    );
  }
  Boundary boundary{{DateTime::kMaxTicks}, {0}};
  for (const Member& m : parts.measurements) {
    if (&m == parts.measurements.data() || m.occurred < boundary.start) boundary.start = m.occurred;
    if (&m == parts.measurements.data() || boundary.end < m.occurred) boundary.end = m.occurred;
  }
  groups_.push_back({parts.type, boundary, parts.correlation});
  places_.assign(parts.measurements.size(), 0);
  sizes_.push_back(static_cast<std::uint32_t>(parts.measurements.size()));
  return {};
}

void ObservationGroups::fill_with(ObservationGroup& group, const Member& member) {
  const std::size_t most = member.values.size();
  auto* const series = static_cast<Series*>(memory_.allocate(most * sizeof(Series), alignof(Series)));
  auto* value_at = static_cast<TimedValue*>(memory_.allocate(most * sizeof(TimedValue), alignof(TimedValue)));
  for (const mapping::ValueView& value : member.values) {
    if (group.find(value.name)) continue;
    new (value_at) TimedValue{member.occurred, value.text};
    new (series + group.series.size()) Series{value.name, {value_at++, 1}};
    group.series = {series, group.series.size() + 1};
  }
}

// Shares the measurements out to the groups from `first` on, and makes series of their values.
void ObservationGroups::fill_new(const GroupParts& parts, std::size_t first) {
  std::span<std::uint32_t> all = memory_.make_array<std::uint32_t>(places_.size());
  std::uint32_t begin = 0;
  for (std::size_t i = 0; i < sizes_.size(); ++i) {
    groups_[first + i].measurements = all.subspan(begin, sizes_[i]);
    begin += std::exchange(sizes_[i], begin);
  }
  for (std::uint32_t m = 0; m < places_.size(); ++m) all[sizes_[places_[m]]++] = m;
  for (std::size_t i = first; i < groups_.size(); ++i) fill(groups_[i], parts.measurements);
}

void ObservationGroups::fill(ObservationGroup& group, std::span<const Member> measurements) {
  if (group.measurements.size() == 1) return fill_with(group, measurements[group.measurements.front()]);
  series_.clear();
  for (std::uint32_t m : group.measurements) {
    const Member& member = measurements[m];
    for (const mapping::ValueView& value : member.values) take_value(member.occurred, value, group.measurements.size());
  }
  std::span<Series> made = memory_.make_array<Series>(series_.size());
  for (std::size_t i = 0; i < made.size(); ++i)
    made[i] = {series_[i].name, in_order(series_[i].room.first(series_[i].size))};
  group.series = made;
}

// `most`: how many values a series can have, one per measurement.
void ObservationGroups::take_value(DateTime time, const mapping::ValueView& value, std::size_t most) {
  constexpr std::size_t kFewValues = 4;
  auto series = std::find_if(series_.begin(), series_.end(), [&](const Growing& s) { return s.name == value.name; });
  if (series == series_.end()) {
    series_.push_back({value.name, memory_.make_array<TimedValue>(std::min(most, kFewValues))});
    series = series_.end() - 1;
  }
  if (series->size > 0 && series->room[series->size - 1].time == time) return;
  if (series->size == series->room.size()) {
    std::span<TimedValue> larger = memory_.make_array<TimedValue>(std::min(most, 2 * series->size));
    std::copy(series->room.begin(), series->room.end(), larger.begin());
    series->room = larger;
  }
  series->room[series->size++] = {time, value.text};
}

void ObservationGroups::clear() {
  groups_.clear();
  memory_.reset();
}

Result<ObservationGroups> make_observation_groups(const GroupParts& parts, std::int64_t period_interval) {
  ObservationGroups out;
  AORTA_CHECK(out.add(parts, period_interval));
  return out;
}

Result<ObservationGroups> make_observation_groups(const Group& group, std::int64_t period_interval) {
  ObservationGroups out;
  AORTA_CHECK(out.add(group, period_interval));
  return out;
}

}  // namespace aorta::group
