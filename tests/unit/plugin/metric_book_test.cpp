#include "core/plugin/metric_book.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "core/plugin/worker/metric_frames.hpp"

using namespace aorta;
using plugin::MetricBook;
using plugin::MetricDefinition;

namespace {

MetricDefinition counter(std::string name = "polls_total") {
  return {AORTA_METRIC_COUNTER, std::move(name), "Polls.", {}, {}};
}
MetricDefinition gauge() { return {AORTA_METRIC_GAUGE, "level", "Level.", {}, {}}; }
MetricDefinition histogram() { return {AORTA_METRIC_HISTOGRAM, "size_bytes", "Sizes.", {}, {1, 10}}; }

std::string_view reason(const Result<aorta_metric*>& made) { return made.has_error() ? made.error().reason() : "none"; }

}  // namespace

TEST_CASE("metrics: counters grow, gauges are set, histograms count", "[plugin]") {
  MetricBook book;
  aorta_metric* polls = *book.define(counter());
  for (double value : {1.0, 2.5, -7.0, std::numeric_limits<double>::quiet_NaN()}) polls->record(value);
  CHECK(polls->read().value == 3.5);
  aorta_metric* level = *book.define(gauge());
  level->record(-7);
  CHECK(level->read().value == -7);
  aorta_metric* sizes = *book.define(histogram());
  for (double value : {1.0, 1.5, 10.0, 11.0}) sizes->record(value);
  CHECK(sizes->read().value == 23.5);
  CHECK(sizes->read().counts == std::vector<std::uint64_t>{1, 2, 1});
  CHECK(book.read().size() == 3);
}

TEST_CASE("metrics: one name and one set of labels is one series", "[plugin]") {
  MetricBook book;
  CHECK(*book.define(counter()) == *book.define(counter()));
  MetricDefinition labelled = counter();
  labelled.labels = {{"port", "1"}};
  CHECK(*book.define(labelled) != *book.define(counter()));
  MetricDefinition changed = histogram();
  REQUIRE(book.define(changed).has_value());
  changed.bounds = {1, 2};
  CHECK(reason(book.define(changed)) == "metrics/invalid");
}

TEST_CASE("metrics: what a scraper could not read is refused", "[plugin]") {
  MetricBook book;
  auto refused = [&](auto change, MetricDefinition from) {
    change(from);
    CHECK(reason(book.define(from)) == "metrics/invalid");
  };
  for (const char* name : {"", "Polls_total", "1_total", "polls", "a b_total", "l\xC3\xA4_total"})
    refused([&](auto& d) { d.name = name; }, counter());
  refused([](auto& d) { d.name = std::string(60, 'a') + "_total"; }, counter());
  for (const char* name : {"level_total", "level_count", "level_sum", "level_bucket"})
    refused([&](auto& d) { d.name = name; }, gauge());
  refused([](auto& d) { d.help = ""; }, counter());
  for (const char* label : {"pipeline", "instance", "le", "Port", ""})
    refused([&](auto& d) { d.labels = {{label, "1"}}; }, counter());
  refused([](auto& d) { d.labels = {{"a", "1"}, {"a", "2"}}; }, counter());
  refused([](auto& d) { d.labels = {{"a", std::string(129, 'x')}}; }, counter());
  refused([](auto& d) { d.labels = {{"a", ""}, {"b", ""}, {"c", ""}, {"d", ""}, {"e", ""}}; }, counter());
  refused([](auto& d) { d.bounds = {1}; }, counter());
  for (std::vector<double> bounds : {std::vector<double>{}, {2, 1}, {1, 1}, {std::numeric_limits<double>::infinity()}})
    refused([&](auto& d) { d.bounds = bounds; }, histogram());
  refused([](auto& d) { d.type = 3; }, counter());
  CHECK(book.read().empty());
}

TEST_CASE("metrics: an instance has a hundred series, and no more", "[plugin]") {
  MetricBook book;
  for (int i = 0; i < AORTA_METRICS_MAX_SERIES; ++i) {
    MetricDefinition one = counter();
    one.labels = {{"port", std::to_string(i)}};
    REQUIRE(book.define(one).has_value());
  }
  CHECK(reason(book.define(counter())) == "metrics/too-many");
}

TEST_CASE("metrics: what a worker tells adds up, over workers", "[plugin]") {
  MetricBook host;
  for (int generation = 0; generation < 2; ++generation) {
    MetricBook worker;
    plugin::worker::MetricTeller teller;
    CHECK(teller.changes(worker).empty());
    for (int time = 0; time < 3; ++time) {
      (*worker.define(counter()))->record(2);
      (*worker.define(gauge()))->record(time);
      (*worker.define(histogram()))->record(5);
      std::string changes = teller.changes(worker);
      CHECK(teller.changes(worker).empty());
      plugin::worker::Reader reader(changes);
      CHECK(plugin::worker::take_metrics(reader, host));
    }
  }
  CHECK((*host.define(counter()))->read().value == 12);
  CHECK((*host.define(gauge()))->read().value == 2);
  CHECK((*host.define(histogram()))->read().counts == std::vector<std::uint64_t>{0, 6, 0});
}

TEST_CASE("metrics: a worker's nonsense is refused, wherever it is cut", "[plugin]") {
  MetricBook worker;
  (*worker.define(histogram()))->record(5);
  std::string changes = plugin::worker::MetricTeller().changes(worker);
  for (std::size_t size = 0; size < changes.size(); ++size) {
    MetricBook host;
    plugin::worker::Reader reader(std::string_view(changes).substr(0, size));
    CHECK_FALSE(plugin::worker::take_metrics(reader, host));
  }
}
