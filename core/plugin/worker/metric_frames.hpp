// The payload of Type::Metrics: what series show that have changed since they were told last.
//
//   count, then each: type, name, help, labels (count, these: name, value), bounds (count, these), value, counts of
//   buckets (count, these). Of counters and histograms what has come since, of gauges what they are.
#pragma once

#include <string>
#include <vector>

#include "core/plugin/metric_book.hpp"
#include "core/plugin/worker/wire.hpp"

namespace aorta::plugin::worker {

// Tells what a book shows, bit by bit.
class MetricTeller {
 public:
  // Empty: nothing has changed.
  std::string changes(const MetricBook& book);

 private:
  std::vector<MetricReading> told_;
};

// Adds it to `book`. False: it was nonsense.
bool take_metrics(Reader& in, MetricBook& book);

}  // namespace aorta::plugin::worker
