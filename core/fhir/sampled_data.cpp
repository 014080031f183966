#include "core/fhir/sampled_data.hpp"

#include <cmath>

#include "core/base/blank.hpp"

namespace aorta::fhir {
namespace {

constexpr double kMaxMilliseconds = 315'537'897'600'000.0;  // the length of the calendar
constexpr std::int64_t kTicksPerMillisecond = 10'000;
constexpr std::int64_t kMaxSlots = 100'000'000;

Error out_of_range() {
  return Error(
      "time-out-of-range", "the samples reach beyond the calendar (year 1 to 9999): check times and defaultPeriod"
  );
}

bool step_on(std::int64_t& ticks, std::int64_t step) {
  ticks += step;  // both far below 2^62
  return ticks >= 0 && ticks <= DateTime::kMaxTicks;
}

Result<void> check_slots(DateTime start, DateTime end, std::int64_t step) {
  if (step <= 0) {
    return Error(
        "sampled-period-not-positive",
        "defaultPeriod must be at least 0.0001 ms: shorter or negative periods make endless SampledData"
    );
  }
  if (end >= start && (end.ticks - start.ticks) / step >= kMaxSlots) {
    return Error(
        "sampled-data-too-long", "defaultPeriod would cut the time from " + iso_text(start) + " to " + iso_text(end) +
                                     " into more than 100 million samples: use a longer one"
    );
  }
  return {};
}

}  // namespace

Result<std::int64_t> step_ticks(const Decimal& period_ms) {
  double period = period_ms.to_double();
  if (std::abs(period) > kMaxMilliseconds) {
    return Error(
        "sampled-period-out-of-range",
        "defaultPeriod " + period_ms.text() + " ms is longer than the calendar: use a shorter one"
    );
  }
  double whole = std::trunc(period);
  auto fraction = static_cast<std::int64_t>((period - whole) * static_cast<double>(kTicksPerMillisecond));
  return static_cast<std::int64_t>(whole) * kTicksPerMillisecond + fraction;
}

Result<std::string> encode_samples(
    const std::vector<group::TimedValue>& values, DateTime start, DateTime end, std::int64_t step
) {
  AORTA_CHECK(check_slots(start, end, step));
  std::string out;
  std::size_t next = 0;
  for (std::int64_t slot = start.ticks; slot <= end.ticks;) {
    const std::string* last = nullptr;
    // A value before the slot is never used, and hides all that come after it.
    for (; next < values.size() && values[next].time.ticks >= slot && values[next].time.ticks - slot < step; ++next) {
      last = values[next].text ? &*values[next].text : nullptr;
    }
    if (slot != start.ticks) out += ' ';
    out += last ? std::string_view(*last) : std::string_view("E");
    if (!step_on(slot, step)) return out_of_range();
  }
  out.resize(trim_end(out).size());
  return out;
}

Result<std::vector<group::TimedValue>> decode_samples(
    std::string_view data, DateTime start, std::int64_t step, bool keep_errors
) {
  if (is_blank(data)) return Error("sampled-data-missing", "the stored SampledData has no data to merge with");
  std::vector<group::TimedValue> out;
  std::int64_t ticks = start.ticks;
  for (std::size_t at = 0; at <= data.size();) {
    std::size_t space = data.find(' ', at);
    std::string_view token = data.substr(at, space == std::string_view::npos ? space : space - at);
    if (keep_errors || token != "E") out.push_back({{ticks, start.zone}, std::string(token)});
    if (!step_on(ticks, step)) return out_of_range();
    at = space == std::string_view::npos ? data.size() + 1 : space + 1;
  }
  return out;
}

std::vector<group::TimedValue> merge_samples(
    const std::vector<group::TimedValue>& existing, const std::vector<group::TimedValue>& added
) {
  std::vector<group::TimedValue> out;
  out.reserve(existing.size() + added.size());
  auto old = existing.begin();
  for (const group::TimedValue& value : added) {
    while (old != existing.end() && old->time < value.time) out.push_back(*old++);
    if (old != existing.end() && old->time == value.time) ++old;
    out.push_back(value);
  }
  out.insert(out.end(), old, existing.end());
  return out;
}

}  // namespace aorta::fhir
