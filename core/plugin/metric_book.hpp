// What a plugin instance counts (metrics/1).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "aorta/abi/metrics.h"
#include "core/base/result.hpp"

namespace aorta::plugin {

struct MetricDefinition {
  std::int32_t type = AORTA_METRIC_COUNTER;
  std::string name, help;
  std::vector<std::pair<std::string, std::string>> labels;
  std::vector<double> bounds;  // of a histogram
  bool same_series(const MetricDefinition& other) const { return name == other.name && labels == other.labels; }
};

// What a series shows: of a histogram `value` is the sum, and `counts` are those of each bucket alone, the one without
// a bound last.
struct MetricReading {
  MetricDefinition definition;
  double value = 0;
  std::vector<std::uint64_t> counts = {};
};

}  // namespace aorta::plugin

// [any]
struct aorta_metric {
  explicit aorta_metric(aorta::plugin::MetricDefinition defined)
      : definition(std::move(defined)), counts(definition.bounds.size() + 1) {}

  void record(double recorded);
  // Adds what another series of this definition has shown since it was read last.
  void merge(const aorta::plugin::MetricReading& since);
  aorta::plugin::MetricReading read() const;

  const aorta::plugin::MetricDefinition definition;
  std::atomic<double> value{0};
  std::vector<std::atomic<std::uint64_t>> counts;
};

namespace aorta::plugin {

// Thread-safe.
class MetricBook {
 public:
  // The series, which lives as long as the book. Reasons of failure: "metrics/invalid", "metrics/too-many".
  Result<aorta_metric*> define(MetricDefinition definition);
  // In the order they were defined.
  std::vector<MetricReading> read() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<aorta_metric>> series_;
};

}  // namespace aorta::plugin
