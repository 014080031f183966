#include "core/fhir/sampled_data.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/blank.hpp"

namespace aorta::fhir {
namespace {

constexpr double kMaxMilliseconds = 315'537'897'600'000.0;  // the length of the calendar
constexpr std::int64_t kTicksPerMillisecond = 10'000;
constexpr std::int64_t kMaxSlots = 100'000'000;
constexpr std::string_view kNothing = "E";  // was measured in a slot

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

// In so many slots, behind another one.
void put_nothing(std::string& out, std::int64_t slots) {
  constexpr std::string_view kMany = " E E E E E E E E E E E E E E E E E E E E E E E E E E E E E E E E";
  auto size = static_cast<std::size_t>(slots) * 2;
  for (; size > kMany.size(); size -= kMany.size()) out += kMany;
  out += kMany.substr(0, size);
}

std::string_view written(std::string_view text) { return text.data() != nullptr ? text : kNothing; }

constexpr std::size_t kBlock = 64;

// Of a length known beforehand: compilers make a few wide instructions of it.
std::size_t spaces_in_block(const char* from) {
  unsigned char count = 0;
  for (std::size_t i = 0; i < kBlock; ++i) count = static_cast<unsigned char>(count + (from[i] == ' ' ? 1 : 0));
  return count;
}

std::size_t count_spaces(std::string_view text) {
  std::size_t count = 0;
  for (; text.size() >= kBlock; text.remove_prefix(kBlock)) count += spaces_in_block(text.data());
  return count + static_cast<std::size_t>(std::count(text.begin(), text.end(), ' '));
}

// Where the token begins that is `tokens` further than the one at `at`; there are as many.
std::size_t skip_tokens(std::string_view data, std::size_t at, std::size_t tokens) {
  while (data.size() - at >= kBlock) {
    std::size_t spaces = spaces_in_block(data.data() + at);
    if (spaces >= tokens) break;
    tokens -= spaces;
    at += kBlock;
  }
  for (; tokens > 0; --tokens) at = data.find(' ', at) + 1;
  return at;
}

// Whether each token stands in the slot of its number, and no time leaves the calendar on the way.
bool fits_slots(std::int64_t tokens, DateTime start, const group::Boundary& period, std::int64_t step) {
  if (period.start != start || period.end < start || step <= 0) return false;
  std::int64_t slots = slot_of(period.end, start, step) + 1;
  return tokens <= slots && slots < kMaxSlots && step <= DateTime::kMaxTicks - period.end.ticks;
}

// Whether the values are in order, none before `start`.
bool stand_behind(DateTime start, std::span<const group::TimedValue> values) {
  for (const group::TimedValue& value : values) {
    if (value.time < start) return false;
    start = value.time;
  }
  return true;
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
    std::span<const group::TimedValue> values, DateTime start, DateTime end, std::int64_t step
) {
  AORTA_CHECK(check_slots(start, end, step));
  if (end < start) return std::string();
  const std::int64_t slots = slot_of(end, start, step) + 1;
  if (start.ticks + (slots - 1) * step > DateTime::kMaxTicks - step) return out_of_range();
  std::string out;
  out.reserve(static_cast<std::size_t>(slots) * 2 + values.size() * 2);
  auto next = values.begin();
  for (std::int64_t slot = 0; slot < slots;) {
    const std::int64_t from = start.ticks + slot * step;
    std::string_view last;
    for (; next != values.end() && next->time.ticks >= from && next->time.ticks - from < step; ++next)
      last = next->text;
    if (slot > 0) out += ' ';
    out += written(last);
    // A value before the slot is never used, and hides all that come after it.
    bool is_hidden = next == values.end() || next->time.ticks < from;
    std::int64_t used = is_hidden ? slots : std::min(slots, slot_of(next->time, start, step));
    put_nothing(out, used - slot - 1);
    slot = used;
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
    if (keep_errors || token != kNothing) out.push_back({{ticks, start.zone}, token});
    if (!step_on(ticks, step)) return out_of_range();
    at = space == std::string_view::npos ? data.size() + 1 : space + 1;
  }
  return out;
}

std::vector<group::TimedValue> merge_samples(
    std::span<const group::TimedValue> existing, std::span<const group::TimedValue> added
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

std::optional<std::string> put_samples(
    std::string_view data, DateTime start, const group::Boundary& period, std::int64_t step,
    std::span<const group::TimedValue> added
) {
  auto tokens = static_cast<std::int64_t>(count_spaces(data)) + 1;
  if (is_blank(data) || !fits_slots(tokens, start, period, step)) return std::nullopt;
  if (!stand_behind(start, added)) return std::nullopt;
  std::string padded;
  std::int64_t slots = slot_of(period.end, start, step) + 1;
  if (tokens < slots) {
    padded.reserve(data.size() + static_cast<std::size_t>(slots - tokens) * 2);
    padded.append(data);
    put_nothing(padded, slots - tokens);
    data = padded;
  }

  std::string out;
  out.reserve(data.size() + 16 * added.size());
  std::size_t copied = 0;
  std::size_t at = 0;
  std::int64_t slot = 0;  // of the token there
  for (std::size_t i = 0; i < added.size(); ++i) {
    std::int64_t wanted = slot_of(added[i].time, start, step);
    if (wanted >= slots) break;
    if (i + 1 < added.size() && slot_of(added[i + 1].time, start, step) == wanted) continue;
    at = skip_tokens(data, at, static_cast<std::size_t>(wanted - slot));
    slot = wanted;
    out.append(data.substr(copied, at - copied)).append(written(added[i].text));
    copied = std::min(data.find(' ', at), data.size());
  }
  out.append(data.substr(copied));
  out.resize(trim_end(out).size());
  return out;
}

}  // namespace aorta::fhir
