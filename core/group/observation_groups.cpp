#include <algorithm>
#include <array>
#include <utility>

#include "core/base/blank.hpp"
#include "core/group/group.hpp"
#include "core/group/places.hpp"

namespace aorta::group {
namespace {

constexpr std::int64_t kSingle = 0;
constexpr std::int64_t kHourly = 60;
constexpr std::int64_t kDaily = 1440;
constexpr std::int64_t kCorrelation = -1;

// As many of the last decimal digits as `width` says.
char* put_digits(char* out, int value, int width) {
  for (int i = width - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
  return out + width;
}

// yyyyMMddHHmmssZ: cut to whole seconds, not rounded.
char* put_stamp(char* out, DateTime time) {
  CalendarTime c = calendar(time);
  out = put_digits(out, c.year, 4);
  for (int part : {c.month, c.day, c.hour, c.minute, c.second}) out = put_digits(out, part, 2);
  *out++ = 'Z';
  return out;
}

std::string time_segment(const Boundary& boundary) {
  constexpr std::size_t kStamp = 15;
  std::array<char, 2 * kStamp + 1> text;
  char* out = put_stamp(text.data(), boundary.start);
  *out++ = '.';
  put_stamp(out, boundary.end);
  return {text.data(), text.size()};
}

Series& series_of(std::vector<Series>& all, const std::string& name) {
  auto found = std::find_if(all.begin(), all.end(), [&](const Series& s) { return s.name == name; });
  if (found != all.end()) return *found;
  all.push_back({name, {}});
  return all.back();
}

// The first value of a time stays.
void insert(Series& series, DateTime time, const std::optional<std::string>& text) {
  auto& values = series.values;
  if (values.empty() || values.back().time < time) {
    values.push_back({time, text});
    return;
  }
  auto at =
      std::lower_bound(values.begin(), values.end(), time, [](const TimedValue& v, DateTime t) { return v.time < t; });
  if (at->time != time) values.insert(at, {time, text});
}

void add(ObservationGroup& group, const mapping::Measurement& m, std::size_t index) {
  if (group.series.empty()) group.series.reserve(m.values.size());
  for (const mapping::Value& value : m.values) insert(series_of(group.series, value.name), m.occurred, value.text);
  group.measurements.push_back(index);
}

Result<Boundary> time_boundary(DateTime time, std::int64_t minutes) {
  std::int64_t length = minutes * 60 * DateTime::kTicksPerSecond;
  std::int64_t start = length == 0 ? time.ticks : time.ticks - time.ticks % length;
  std::int64_t end = length == 0 ? start : start + length - 1;
  // The reference computes the next start, and that must exist too.
  if (length != 0 && end >= DateTime::kMaxTicks) {
    return Error(
        "time-out-of-range", "the period around " + iso_text(time) + " ends after the year 9999: send an earlier time"
    );
  }
  return Boundary{{start, DateTime::Zone::Utc}, {end, DateTime::Zone::Utc}};
}

Result<std::vector<ObservationGroup>> group_by_time(const GroupParts& parts, std::int64_t minutes) {
  std::vector<ObservationGroup> out;
  Places by_start;
  for (std::size_t i = 0; i < parts.measurements.size(); ++i) {
    AORTA_TRY(boundary, time_boundary(parts.measurements[i].occurred, minutes));
    auto [place, fresh] = by_start.find_or_add(boundary.start.ticks, out.size());
    if (fresh) out.push_back({std::string(parts.type), boundary, time_segment(boundary), {}, {}});
    add(out[place], parts.measurements[i], i);
  }
  return out;
}

Result<std::vector<ObservationGroup>> group_by_correlation(const GroupParts& parts) {
  if (is_blank(parts.correlation)) {
    return Error(
        "correlation-id-missing", "measurements of type \"" + std::string(parts.type) +
                                      "\" are grouped by correlation id, and this one has none: give the device "
                                      "template a correlationIdExpression"
    );
  }
  ObservationGroup group{std::string(parts.type), {{DateTime::kMaxTicks}, {0}}, std::string(parts.correlation), {}, {}};
  for (std::size_t i = 0; i < parts.measurements.size(); ++i) {
    const mapping::Measurement& m = parts.measurements[i];
    if (i == 0 || m.occurred < group.boundary.start) group.boundary.start = m.occurred;
    if (i == 0 || group.boundary.end < m.occurred) group.boundary.end = m.occurred;
    add(group, m, i);
  }
  return std::vector<ObservationGroup>{std::move(group)};
}

}  // namespace

const Series* ObservationGroup::find(std::string_view value_name) const {
  for (const Series& s : series) {
    if (s.name == value_name) return &s;
  }
  return nullptr;
}

Result<std::vector<ObservationGroup>> make_observation_groups(const GroupParts& parts, std::int64_t period_interval) {
  switch (period_interval) {
    case kSingle:
    case kHourly:
    case kDaily:
      return group_by_time(parts, period_interval);
    case kCorrelation:
      return group_by_correlation(parts);
    default:
      return Error(
          "unsupported-period", "periodInterval " + std::to_string(period_interval) + " of type \"" +
                                    std::string(parts.type) +
                                    "\" is not supported: use 0 (single), 60 (hour), 1440 (day) or -1 (correlation id)"
      );
  }
}

Result<std::vector<ObservationGroup>> make_observation_groups(const Group& group, std::int64_t period_interval) {
  const mapping::Measurement& first = group.first();
  return make_observation_groups(
      GroupParts{
          first.type, first.correlation ? std::string_view(*first.correlation) : std::string_view(),
          group.measurements},
      period_interval
  );
}

}  // namespace aorta::group
