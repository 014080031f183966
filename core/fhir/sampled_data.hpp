// The data text of a FHIR SampledData: slots of one period, "E" where nothing was measured (FHIR-mapping spec, section
// 6).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/decimal.hpp"
#include "core/base/result.hpp"
#include "core/group/group.hpp"

namespace aorta::fhir {

// One step in 100 ns ticks of a period in milliseconds: cut, not rounded. May be zero or negative: decoding bears it.
// Errors: "sampled-period-out-of-range".
Result<std::int64_t> step_ticks(const Decimal& period_ms);

// The slot that a time stands in, 0 where it lies in the first. `step` above 0, `time` not before `start`.
constexpr std::int64_t slot_of(DateTime time, DateTime start, std::int64_t step) {
  return (time.ticks - start.ticks) / step;
}

// Slots from start to end, `values` ordered by time. Errors: "sampled-period-not-positive" (the reference never ends),
// "sampled-data-too-long" (above 100 million slots), "time-out-of-range".
Result<std::string> encode_samples(
    std::span<const group::TimedValue> values, DateTime start, DateTime end, std::int64_t step
);

// Token i has time start + i steps; "E" is left out unless `keep_errors`. Errors: "sampled-data-missing",
// "time-out-of-range". The texts are views of `data`.
Result<std::vector<group::TimedValue>> decode_samples(
    std::string_view data, DateTime start, std::int64_t step, bool keep_errors = false
);

// Ordered by time; of an equal time the added value replaces one that was there.
std::vector<group::TimedValue> merge_samples(
    std::span<const group::TimedValue> existing, std::span<const group::TimedValue> added
);

// What decoding, merging and encoding over `period` come to, for a price that hardly grows with the length: `added`
// goes into its slots, all else is copied as it is. Nothing: the data does not begin with the period, or goes on behind
// it, and is to be taken apart.
std::optional<std::string> put_samples(
    std::string_view data, DateTime start, const group::Boundary& period, std::int64_t step,
    std::span<const group::TimedValue> added
);

}  // namespace aorta::fhir
