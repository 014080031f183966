// metrics/1
#include "core/plugin/failure.hpp"
#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/instance.hpp"
#include "core/plugin/outside.hpp"

namespace aorta::plugin {
namespace {

MetricDefinition own(const aorta_metric_definition& raw) {
  MetricDefinition out{raw.type, std::string(view(raw.name)), std::string(view(raw.help)), {}, {}};
  for (std::uint64_t i = 0; i < raw.label_count; ++i)
    out.labels.emplace_back(view(raw.labels[i].name), view(raw.labels[i].value));
  if (raw.bound_count > 0) out.bounds.assign(raw.bounds, raw.bounds + raw.bound_count);
  return out;
}

aorta_metric* define(const aorta_host* host, const aorta_metric_definition* definition) {
  Result<aorta_metric*> made = Instance::of(host).outside()->metrics->define(own(*definition));
  if (made.has_value()) return *made;
  fail_with(made.error());
  return nullptr;
}

void record(const aorta_host*, aorta_metric* metric, double value) {
  if (metric) metric->record(value);
}

}  // namespace

const aorta_metrics kMetricsApi{sizeof(aorta_metrics), 0, &define, &record};

}  // namespace aorta::plugin
