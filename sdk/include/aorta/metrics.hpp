// What an instance counts, shown at the host's /metrics. For sources and sinks.
//
//   aorta::Counter polls_{aorta::Metrics(host).counter("polls_total", "Times that the device was asked.")};
//   polls_.add();
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "aorta/abi/metrics.h"
#include "aorta/host.hpp"

namespace aorta {

// One series. A cheap handle, on any thread, valid as long as the plugin instance. One that was made of nothing, or by
// a host without metrics/1, takes what it is told and forgets it.
class Metric {
 public:
  Metric() = default;
  Metric(const aorta_host* host, const aorta_metrics* api, aorta_metric* raw) : host_(host), api_(api), raw_(raw) {}

 protected:
  void record(double value) const {
    if (raw_) api_->record(host_, raw_, value);
  }

 private:
  const aorta_host* host_ = nullptr;
  const aorta_metrics* api_ = nullptr;
  aorta_metric* raw_ = nullptr;
};
struct Counter : Metric {
  using Metric::Metric;
  void add(double count = 1) const { record(count); }
};
struct Gauge : Metric {
  using Metric::Metric;
  void set(double value) const { record(value); }
};
struct Histogram : Metric {
  using Metric::Metric;
  void observe(double value) const { record(value); }
};

// Makes series, in the constructor or start(). Names are [a-z][a-z0-9_]*; labels are fixed, few, and never of a patient
// or a device. What is wrong with them, or too many, throws Reject ("metrics/invalid", "metrics/too-many").
class Metrics {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  explicit Metrics(Host host) : host_(host), api_(host.ask<aorta_metrics>(AORTA_METRICS_ID)) {}

  // `name` ends with _total.
  Counter counter(std::string_view name, std::string_view help, Labels labels = {}) const {
    return make<Counter>(AORTA_METRIC_COUNTER, name, help, {}, labels);
  }
  Gauge gauge(std::string_view name, std::string_view help, Labels labels = {}) const {
    return make<Gauge>(AORTA_METRIC_GAUGE, name, help, {}, labels);
  }
  // `bounds` rise: {0.001, 0.01, 0.1, 1}.
  Histogram histogram(
      std::string_view name, std::string_view help, std::initializer_list<double> bounds, Labels labels = {}
  ) const {
    return make<Histogram>(AORTA_METRIC_HISTOGRAM, name, help, bounds, labels);
  }

 private:
  template <class Made>
  Made make(
      std::int32_t type, std::string_view name, std::string_view help, std::initializer_list<double> bounds,
      Labels labels
  ) const {
    if (!api_) return {};
    std::vector<aorta_pair> raw;
    for (const auto& [label, value] : labels) raw.push_back({to_abi(label), to_abi(value)});
    aorta_metric_definition definition{sizeof definition, type,       to_abi(name),   to_abi(help),
                                       raw.data(),        raw.size(), bounds.begin(), bounds.size()};
    aorta_metric* made = api_->define(host_.raw(), &definition);
    if (!made) throw host_.last_failure();
    return Made(host_.raw(), api_, made);
  }

  Host host_;
  const aorta_metrics* api_;
};

}  // namespace aorta
