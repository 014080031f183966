#include "core/plugin/metric_book.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace aorta::plugin {
namespace {

constexpr std::size_t kMostName = 64, kMostHelp = 256, kMostLabelValue = 128;

bool is_name(std::string_view text) {
  auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  auto fits = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && text.size() <= kMostName && letter(text.front()) &&
         std::all_of(text.begin(), text.end(), fits);
}

bool is_label(const std::pair<std::string, std::string>& label) {
  constexpr std::string_view kTaken[] = {"pipeline", "instance", "le"};
  bool taken = std::find(std::begin(kTaken), std::end(kTaken), label.first) != std::end(kTaken);
  return is_name(label.first) && !taken && label.second.size() <= kMostLabelValue;
}

bool have_one_name(const MetricDefinition& d) {
  for (auto one = d.labels.begin(); one != d.labels.end(); ++one) {
    auto again = std::find_if(one + 1, d.labels.end(), [&](const auto& other) { return other.first == one->first; });
    if (again != d.labels.end()) return true;
  }
  return false;
}

bool rise(const std::vector<double>& bounds) {
  bool finite = std::all_of(bounds.begin(), bounds.end(), [](double bound) { return std::isfinite(bound); });
  return finite && std::adjacent_find(bounds.begin(), bounds.end(), std::greater_equal<>()) == bounds.end();
}

// Empty: nothing is wrong.
std::string_view fault_of(const MetricDefinition& d) {
  constexpr std::string_view kEndings[] = {"_total", "_bucket", "_sum", "_count"};
  bool ending = std::any_of(std::begin(kEndings), std::end(kEndings), [&](auto end) { return d.name.ends_with(end); });
  bool counter = d.type == AORTA_METRIC_COUNTER, histogram = d.type == AORTA_METRIC_HISTOGRAM;
  if (d.type < AORTA_METRIC_COUNTER || d.type > AORTA_METRIC_HISTOGRAM) return "it is of no known type";
  if (!is_name(d.name)) return "its name is not of a-z, 0-9 and _, beginning with a letter, at most 64 long";
  if (counter && !d.name.ends_with("_total")) return "the name of a counter ends with _total";
  if (!counter && ending) return "its name ends as those that are made of it: _total, _bucket, _sum, _count";
  if (d.help.empty() || d.help.size() > kMostHelp) return "its help is no sentence of at most 256 bytes";
  if (d.labels.size() > AORTA_METRICS_MAX_LABELS) return "it has more than 4 labels";
  if (!std::all_of(d.labels.begin(), d.labels.end(), is_label)) return "a label is named as it may not be, or too long";
  if (have_one_name(d)) return "two of its labels have one name";
  if (histogram == d.bounds.empty()) return "a histogram has bounds, and nothing else has";
  if (d.bounds.size() > AORTA_METRICS_MAX_BOUNDS || !rise(d.bounds))
    return "its bounds do not rise, or are more than 32";
  return {};
}

void add(std::atomic<double>& to, double more) {
  double now = to.load(std::memory_order_relaxed);
  while (!to.compare_exchange_weak(now, now + more, std::memory_order_relaxed)) {
  }
}

}  // namespace

Result<aorta_metric*> MetricBook::define(MetricDefinition definition) {
  if (std::string_view fault = fault_of(definition); !fault.empty())
    return Error("metrics/invalid", "the metric \"" + definition.name + "\" cannot be kept: " + std::string(fault));
  std::lock_guard lock(mutex_);
  for (const auto& series : series_) {
    const MetricDefinition& there = series->definition;
    bool alike = there.type == definition.type && there.bounds == definition.bounds;
    if (there.name == definition.name && !alike)
      return Error(
          "metrics/invalid", "the metric \"" + definition.name + "\" is there with another type or other bounds"
      );
    if (there.same_series(definition)) return series.get();
  }
  if (series_.size() == AORTA_METRICS_MAX_SERIES)
    return Error(
        "metrics/too-many", "the metric \"" + definition.name +
                                "\" would be the 101st series of this instance; use "
                                "fewer labels"
    );
  return series_.emplace_back(std::make_unique<aorta_metric>(std::move(definition))).get();
}

std::vector<MetricReading> MetricBook::read() const {
  std::lock_guard lock(mutex_);
  std::vector<MetricReading> out;
  for (const auto& series : series_) out.push_back(series->read());
  return out;
}

}  // namespace aorta::plugin

void aorta_metric::record(double recorded) {
  if (!std::isfinite(recorded)) return;
  if (definition.type == AORTA_METRIC_GAUGE) return value.store(recorded, std::memory_order_relaxed);
  if (definition.type == AORTA_METRIC_COUNTER && recorded < 0) return;
  aorta::plugin::add(value, recorded);
  if (definition.type == AORTA_METRIC_COUNTER) return;
  auto bucket = std::lower_bound(definition.bounds.begin(), definition.bounds.end(), recorded);
  counts[static_cast<std::size_t>(bucket - definition.bounds.begin())].fetch_add(1, std::memory_order_relaxed);
}

void aorta_metric::merge(const aorta::plugin::MetricReading& since) {
  if (!std::isfinite(since.value)) return;
  if (definition.type == AORTA_METRIC_GAUGE) return value.store(since.value, std::memory_order_relaxed);
  aorta::plugin::add(value, since.value);
  for (std::size_t i = 0; i < counts.size() && i < since.counts.size(); ++i)
    counts[i].fetch_add(since.counts[i], std::memory_order_relaxed);
}

aorta::plugin::MetricReading aorta_metric::read() const {
  aorta::plugin::MetricReading out{definition, value.load(std::memory_order_relaxed)};
  if (definition.type != AORTA_METRIC_HISTOGRAM) return out;
  for (const auto& count : counts) out.counts.push_back(count.load(std::memory_order_relaxed));
  return out;
}
