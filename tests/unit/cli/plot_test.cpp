#include "core/cli/plot.hpp"

#include <catch2/catch.hpp>

using namespace aorta;
using namespace aorta::cli;
using fhir::ObservationRow;

namespace {

constexpr std::int64_t kSecond = DateTime::kTicksPerSecond;

ObservationRow row(std::int64_t seconds, std::string value, std::string device = "d1") {
  ObservationRow out;
  out.start = out.end = {seconds * kSecond, DateTime::Zone::Utc};
  out.patient = "p1";
  out.device = std::move(device);
  out.code = "8867-4";
  out.name = "Heart rate";
  out.unit = "/min";
  out.value = std::move(value);
  return out;
}

std::vector<double> values_of(const Series& series) {
  std::vector<double> out;
  for (const Point& point : series.points) out.push_back(point.value);
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t from = 0; from < text.size();) {
    std::size_t end = text.find('\n', from);
    out.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return out;
}

}  // namespace

TEST_CASE("plot: rows of one device and code are one series, by time") {
  auto all = series_of({row(3, "72"), row(1, "70"), row(2, "90", "d2"), row(2, "71.5")});
  REQUIRE(all.size() == 2);
  CHECK(values_of(all[0]) == std::vector<double>{70, 71.5, 72});
  CHECK(all[1].device == "d2");
}

TEST_CASE("plot: what is no number is left out") {
  auto all = series_of({row(1, "high"), row(2, "<5", "d2"), row(3, "", "d3"), row(4, "7", "d4")});
  REQUIRE(all.size() == 1);
  CHECK(all[0].device == "d4");
}

TEST_CASE("plot: samples are points of their own, errors hold their place") {
  ObservationRow sampled = row(100, "1 E 3 L");
  sampled.sampling = fhir::Sampling{.period_ms = 500, .factor = 2, .origin = 10};
  auto all = series_of({sampled});
  REQUIRE(all.size() == 1);
  CHECK(values_of(all[0]) == std::vector<double>{12, 16});
  CHECK(all[0].points[1].time.ticks == 101 * kSecond);
}

TEST_CASE("plot: one point needs no picture") {
  CHECK(plot_text(series_of({row(1, "70.5")}).front(), 60) == "8867-4 Heart rate   p1   d1   1 value   70.5 /min\n");
}

TEST_CASE("plot: the lowest stands below left, the highest above right") {
  auto lines = lines_of(plot_text(series_of({row(0, "60"), row(60, "120")}).front(), 60));
  REQUIRE(lines.size() == 12);
  CHECK(lines[0] == "8867-4 Heart rate   p1   d1   2 values   60 to 120 /min");
  CHECK(lines[1] == "120 │ " + std::string(52, ' ') + "⠈");
  CHECK(lines[10] == " 60 │ ⡀");
  CHECK(lines[11] == "      0001-01-01T00:00:00Z             0001-01-01T00:01:00Z");
}

TEST_CASE("plot: equal values are a line in the middle, and equal times one column") {
  auto flat = lines_of(plot_text(series_of({row(0, "5"), row(9, "5")}).front(), 60));
  CHECK(flat[6].find("⠁") != std::string::npos);
  auto one_time = lines_of(plot_text(series_of({row(4, "5"), row(4, "6")}).front(), 60));
  CHECK(one_time[1] == "6 │ ⠁");
  CHECK(one_time[10] == "5 │ ⡀");
}

TEST_CASE("plot: what a device sent cannot steer a terminal") {
  CHECK(plot_text(series_of({row(1, "1", "d\x1b[2J")}).front(), 60).find('\x1b') == std::string::npos);
}
