#include "core/pipeline/metrics.hpp"

#include <array>
#include <limits>
#include <map>
#include <span>
#include <vector>

#include "core/base/text.hpp"
#include "core/observe/exposition.hpp"
#include "core/plugin/metric_book.hpp"

namespace aorta::pipeline {
namespace {

using observe::Labels;
using observe::MetricFamily;
using observe::MetricType;

// The metrics of all pipelines: each family once, a sample of each pipeline in it.
class Exposition {
 public:
  void add(const Watched& watched) {
    pipeline_ = watched.name;
    next_ = 0;
    add_ledger(watched.assembly->engine().counts());
    add_reasons(watched.assembly->engine().reasons());
    add_meters(watched.assembly->engine().meters());
    add_journals(watched.assembly->journaled());
    add_reference(watched);
    for (const InstanceMetrics& instance : watched.assembly->metrics()) add_instance(instance);
  }
  std::string text() const {
    std::string out;
    for (const MetricFamily& family : families_) out += family.text();
    for (const auto& [name, of_plugins] : plugin_families_) out += of_plugins.family.text();
    return out;
  }

 private:
  void add_ledger(const Counts& c) {
    counter("aorta_records_accepted_total", "Messages taken in.", c.accepted);
    begin("aorta_records_ended_total", "Messages that came to an end, by outcome.", MetricType::Counter);
    sample({{"outcome", "written"}}, c.written);
    sample({{"outcome", "merged"}}, c.merged);
    sample({{"outcome", "filtered"}}, c.filtered);
    sample({{"outcome", "dead_lettered"}}, c.dead_lettered);
    gauge("aorta_records_in_flight", "Messages on their way.", c.in_flight);
  }

  void add_reasons(const Engine::Reasons& reasons) {
    begin("aorta_dead_letters_total", "Messages that could not be carried, by reason.", MetricType::Counter);
    for (const auto& [reason, count] : reasons.dead_letters) sample({{"reason", reason}}, count);
    begin("aorta_filtered_total", "Messages left out on purpose, by rule.", MetricType::Counter);
    for (const auto& [rule, count] : reasons.filtered) sample({{"rule", rule}}, count);
  }

  void add_meters(const Meters& m) {
    counter("aorta_flushes_total", "Windows handed to the sinks.", m.flushes);
    histogram("aorta_flush_seconds", "How long a flush took.", m.flush);
    histogram(
        "aorta_record_seconds", "From when a message was taken in to when its source was told of its end.",
        m.taken_to_settled
    );
  }

  // The ledger of a journal's whole life, kept over restarts.
  void add_journals(const std::vector<JournaledSource*>& sources) {
    if (sources.empty()) return;
    std::vector<std::pair<Labels, journal::JournalCounts>> all;
    for (const JournaledSource* source : sources)
      all.emplace_back(Labels{{"source", std::string(source->name())}}, source->counts());
    begin("aorta_journal_accepted_total", "Messages taken in, over restarts.", MetricType::Counter);
    for (const auto& [labels, counts] : all) sample(labels, counts.accepted);
    begin("aorta_journal_ended_total", "Of these, those that have ended, by outcome.", MetricType::Counter);
    for (const auto& [labels, counts] : all) add_totals(labels, counts.totals);
    begin("aorta_journal_waiting", "Of these, those that have not ended.", MetricType::Gauge);
    for (const auto& [labels, counts] : all) sample(labels, counts.waiting);
    begin("aorta_journal_bytes", "What the journal takes up on the disk.", MetricType::Gauge);
    for (const auto& [labels, counts] : all) sample(labels, counts.bytes);
    begin("aorta_journal_syncs_total", "Syncs, each for all that had come meanwhile.", MetricType::Counter);
    for (const auto& [labels, counts] : all) sample(labels, counts.syncs);
    begin(
        "aorta_journal_failures_total", "Times that messages could not be kept, and were refused.", MetricType::Counter
    );
    for (const auto& [labels, counts] : all) sample(labels, counts.failures);
  }

  void add_totals(const Labels& source, const journal::Totals& totals) {
    const std::pair<const char*, std::uint64_t> outcomes[] = {
        {"written", totals.written},
        {"merged", totals.merged},
        {"filtered", totals.filtered},
        {"dead_lettered", totals.dead_lettered},
        {"unreadable", totals.unreadable}};
    for (const auto& [outcome, count] : outcomes) {
      Labels labels = source;
      labels.push_back({"outcome", outcome});
      sample(std::move(labels), count);
    }
  }

  // The reference's names and dimensions; without those that count its own service's parts.
  void add_reference(const Watched& watched) {
    const Meters& m = watched.assembly->engine().meters();
    TypeTally observations = watched.assembly->tally().of("Observation");
    traffic("DeviceEvent", "Messages taken in.", "Normalization", watched.assembly->engine().counts().accepted);
    traffic("DeviceIngressSizeBytes", "Bytes of bodies and properties.", "Normalization", m.bytes);
    traffic("NormalizedEvent", "Measurements made.", "Normalization", m.measurements);
    traffic("DroppedEvent", "Messages that gave no measurement.", "Normalization", m.unmatched);
    traffic("MeasurementGroup", "Groups handed to the sinks.", "FHIRConversion", m.groups);
    traffic("Measurement", "Measurements in them, duplicates left out.", "FHIRConversion", m.kept);
    traffic("EventsFlushed", "Windows handed to the sinks.", "Grouping", m.flushes);
    begin("FhirResourceSaved", "Observations written.", MetricType::Counter);
    sample(
        {{"category", "Traffic"}, {"operation", "FHIRConversion"}, {"name", "ObservationCreated"}}, observations.created
    );
    sample(
        {{"category", "Traffic"}, {"operation", "FHIRConversion"}, {"name", "ObservationUpdated"}}, observations.changed
    );
  }

  // What a plugin counts itself, under a name that says so.
  void add_instance(const InstanceMetrics& instance) {
    for (const plugin::MetricReading& series : instance.book->read()) {
      const plugin::MetricDefinition& definition = series.definition;
      std::string name = "aorta_plugin_" + metric_word(instance.plugin) + "_" + definition.name;
      PluginFamily& of_plugins = plugin_families_.try_emplace(name, name, definition).first->second;
      if (of_plugins.type != definition.type) continue;  // one name is of one type, for those who read it
      Labels labels{{"pipeline", pipeline_}, {"instance", instance.instance}};
      for (const auto& [label, value] : definition.labels) labels.push_back({label, value});
      add_series(of_plugins.family, labels, series);
    }
  }

  static void add_series(MetricFamily& family, const Labels& labels, const plugin::MetricReading& series) {
    if (series.definition.type != AORTA_METRIC_HISTOGRAM) return family.add(labels, series.value);
    add_histogram(family, labels, series.definition.bounds, series.counts, series.value);
  }

  // `counts`: of each bucket alone; one more than bounds.
  static void add_histogram(
      MetricFamily& family, const Labels& labels, std::span<const double> bounds, std::span<const std::uint64_t> counts,
      double sum
  ) {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      double bound = i == bounds.size() ? std::numeric_limits<double>::infinity() : bounds[i];
      count += counts[i];
      Labels bucket = labels;
      bucket.push_back({"le", observe::number_text(bound)});
      family.add(bucket, static_cast<double>(count), "_bucket");
    }
    family.add(labels, sum, "_sum");
    family.add(labels, static_cast<double>(count), "_count");
  }

  // "acme.watch" -> "acme_watch"
  static std::string metric_word(std::string_view id) {
    std::string out;
    for (char c : id) {
      char lower = ascii_lower(c);
      out += (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9') ? lower : '_';
    }
    return out;
  }

  static MetricType type_of(std::int32_t type) {
    if (type == AORTA_METRIC_HISTOGRAM) return MetricType::Histogram;
    return type == AORTA_METRIC_GAUGE ? MetricType::Gauge : MetricType::Counter;
  }

  void traffic(const char* name, const char* help, const char* operation, std::uint64_t value) {
    begin(name, help, MetricType::Counter);
    sample({{"category", "Traffic"}, {"operation", operation}}, value);
  }
  void counter(const char* name, const char* help, std::uint64_t value) {
    begin(name, help, MetricType::Counter);
    sample({}, value);
  }
  void gauge(const char* name, const char* help, std::uint64_t value) {
    begin(name, help, MetricType::Gauge);
    sample({}, value);
  }

  // Every pipeline has the same families, in the same order.
  void begin(const char* name, const char* help, MetricType type) {
    if (next_ == families_.size()) families_.emplace_back(name, help, type);
    ++next_;
  }

  void sample(Labels labels, double value) {
    labels.insert(labels.begin(), {"pipeline", pipeline_});
    families_[next_ - 1].add(labels, value);
  }
  void sample(Labels labels, std::uint64_t value) { sample(std::move(labels), static_cast<double>(value)); }

  void histogram(const char* name, const char* help, const Histogram& from) {
    begin(name, help, MetricType::Histogram);
    std::array<std::uint64_t, Histogram::kBounds.size() + 1> counts;
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = from.count(i);
    add_histogram(families_[next_ - 1], {{"pipeline", pipeline_}}, Histogram::kBounds, counts, from.sum());
  }

  struct PluginFamily {
    PluginFamily(const std::string& name, const plugin::MetricDefinition& definition)
        : type(definition.type), family(name, definition.help, type_of(definition.type)) {}
    std::int32_t type;
    MetricFamily family;
  };

  std::vector<MetricFamily> families_;
  std::map<std::string, PluginFamily> plugin_families_;
  std::size_t next_ = 0;
  std::string pipeline_;
};

std::string trouble_of(const Assembly& assembly) {
  const Engine& engine = assembly.engine();
  std::string trouble = engine.stopping() ? "is stopping" : engine.trouble();
  for (const JournaledSource* source : assembly.journaled()) {
    if (trouble.empty()) trouble = source->trouble();
  }
  return trouble;
}

}  // namespace

std::string metrics_text(std::span<const Watched> pipelines) {
  Exposition exposition;
  for (const Watched& one : pipelines) exposition.add(one);
  return exposition.text();
}

std::string not_ready_text(std::span<const Watched> pipelines) {
  std::string out;
  for (const Watched& one : pipelines) {
    std::string trouble = trouble_of(*one.assembly);
    if (!trouble.empty()) out += one.name + ": " + trouble + "\n";
  }
  return out;
}

}  // namespace aorta::pipeline
