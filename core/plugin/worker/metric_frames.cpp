#include "core/plugin/worker/metric_frames.hpp"

namespace aorta::plugin::worker {
namespace {

constexpr std::size_t kLeastSeries = 6 * sizeof(std::uint32_t) + sizeof(double);

void put_series(Writer& out, const MetricReading& series) {
  const MetricDefinition& definition = series.definition;
  out.put(definition.type);
  out.text(definition.name);
  out.text(definition.help);
  out.put(static_cast<std::uint32_t>(definition.labels.size()));
  for (const auto& [name, value] : definition.labels) {
    out.text(name);
    out.text(value);
  }
  out.put(static_cast<std::uint32_t>(definition.bounds.size()));
  for (double bound : definition.bounds) out.put(bound);
  out.put(series.value);
  out.put(static_cast<std::uint32_t>(series.counts.size()));
  for (std::uint64_t count : series.counts) out.put(count);
}

MetricReading take_series(Reader& in) {
  MetricReading series;
  MetricDefinition& definition = series.definition;
  definition.type = in.take<std::int32_t>();
  definition.name = in.text();
  definition.help = in.text();
  for (std::uint32_t left = in.count(2 * sizeof(std::uint32_t)); left > 0; --left) {
    std::string name(in.text());
    definition.labels.emplace_back(std::move(name), in.text());
  }
  for (std::uint32_t left = in.count(sizeof(double)); left > 0; --left) definition.bounds.push_back(in.take<double>());
  series.value = in.take<double>();
  for (std::uint32_t left = in.count(sizeof(std::uint64_t)); left > 0; --left)
    series.counts.push_back(in.take<std::uint64_t>());
  return series;
}

MetricReading since(MetricReading now, const MetricReading& before) {
  if (now.definition.type == AORTA_METRIC_GAUGE) return now;
  now.value -= before.value;
  for (std::size_t i = 0; i < now.counts.size(); ++i) now.counts[i] -= before.counts[i];
  return now;
}

}  // namespace

std::string MetricTeller::changes(const MetricBook& book) {
  std::vector<MetricReading> now = book.read();
  std::string out;
  Writer writer(out);
  std::size_t count_at = writer.leave_count();
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < now.size(); ++i) {
    bool known = i < told_.size();
    if (known && now[i].value == told_[i].value && now[i].counts == told_[i].counts) continue;
    put_series(writer, known ? since(now[i], told_[i]) : now[i]);
    ++count;
  }
  told_ = std::move(now);
  writer.set_count(count_at, count);
  return count == 0 ? std::string() : out;
}

bool take_metrics(Reader& in, MetricBook& book) {
  for (std::uint32_t left = in.count(kLeastSeries); left > 0 && in.good(); --left) {
    MetricReading series = take_series(in);
    if (!in.good()) return false;
    Result<aorta_metric*> known = book.define(series.definition);
    if (known.has_value()) {
      (*known)->merge(series);
    } else if (known.error().reason() != "metrics/too-many") {
      return false;  // one worker has no more than may be; several with other labels each may
    }
  }
  return in.ended();
}

}  // namespace aorta::plugin::worker
