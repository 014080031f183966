// Numbers over time, drawn with the dots of Braille characters: for people who look from a terminal.
#pragma once

#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "core/fhir/store_query.hpp"

namespace aorta::cli {

struct Point {
  DateTime time;
  double value;
};

// What one device measured of one patient under one code, in one unit.
struct Series {
  std::string code, name, patient, device, unit;
  std::vector<Point> points;  // by time
};

// In the order in which they first appear. Values that are no numbers are left out, and series without any; the samples
// of a SampledData are points of their own.
std::vector<Series> series_of(const std::vector<fhir::ObservationRow>& rows);

// A head with the series' names and range, then the picture, at most `width` columns wide, with both axes named. Where
// several points meet in a column of dots, all are drawn. A single point is told in the head alone.
std::string plot_text(const Series& series, int width);

}  // namespace aorta::cli
