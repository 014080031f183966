#include "core/observe/exposition.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace aorta::observe;

TEST_CASE("exposition: help, type, and a line per sample", "[observe]") {
  MetricFamily family("aorta_ended_total", "Messages that ended.", MetricType::Counter);
  family.add({}, 3);
  family.add({{"pipeline", "ward"}, {"outcome", "written"}}, 12480);
  CHECK(
      family.text() ==
      "# HELP aorta_ended_total Messages that ended.\n# TYPE aorta_ended_total counter\naorta_ended_total 3\n"
      "aorta_ended_total{pipeline=\"ward\",outcome=\"written\"} 12480\n"
  );
}

TEST_CASE("exposition: what would end a label's value is escaped", "[observe]") {
  MetricFamily family("x", "", MetricType::Gauge);
  family.add({{"reason", "a\"b\\c\nd"}}, 0.25);
  CHECK(family.text().ends_with("x{reason=\"a\\\"b\\\\c\\nd\"} 0.25\n"));
}

TEST_CASE("exposition: the last bound of a histogram is infinite", "[observe]") {
  CHECK(number_text(std::numeric_limits<double>::infinity()) == "+Inf");
  CHECK(number_text(0.005) == "0.005");
}
