#include "core/cli/plot.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "core/base/unicode.hpp"
#include "core/observe/terminal.hpp"

namespace aorta::cli {
namespace {

using fhir::ObservationRow;

constexpr int kRows = 10;
constexpr int kDotsDown = 4;    // of a Braille character
constexpr int kDotsAcross = 2;  // of the same
constexpr int kNarrowest = 20;  // columns of a picture

std::optional<double> number_in(std::string_view text) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool whole = error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
  return whole ? std::optional(value) : std::nullopt;
}

// "E", "U" and "L" of a SampledData hold a place and are no numbers.
void add_samples(const ObservationRow& row, std::vector<Point>& out) {
  const fhir::Sampling& sampling = *row.sampling;
  std::string_view rest = row.value;
  double step = sampling.period_ms * DateTime::kTicksPerSecond / 1000;
  for (double i = 0; !rest.empty(); ++i) {
    std::string_view token = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), token.size() + 1));
    std::optional<double> value = number_in(token);
    if (!value) continue;
    DateTime time = row.start;
    time.ticks += static_cast<std::int64_t>(i * step);
    out.push_back({time, *value * sampling.factor + sampling.origin});
  }
}

void add_points(const ObservationRow& row, std::vector<Point>& out) {
  if (row.sampling) return add_samples(row, out);
  if (std::optional<double> value = number_in(row.value)) out.push_back({row.start, *value});
}

bool belongs_to(const ObservationRow& row, const Series& series) {
  return row.code == series.code && row.name == series.name && row.patient == series.patient &&
         row.device == series.device && row.unit == series.unit;
}

struct Range {
  double low, high;
};

Range range_of(const std::vector<Point>& points) {
  auto [low, high] = std::minmax_element(points.begin(), points.end(), [](const Point& a, const Point& b) {
    return a.value < b.value;
  });
  return {low->value, high->value};
}

// Four digits tell values apart on a picture ten rows high.
std::string short_number(double value) {
  std::array<char, 32> text;
  auto written = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 4);
  return std::string(text.data(), written.ptr);
}

constexpr char32_t kBraille = 0x2800;
// The bit of a dot by its row and column.
constexpr unsigned kDotBits[kDotsDown][kDotsAcross] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};

class Canvas {
 public:
  explicit Canvas(int columns) : columns_(columns), cells_(static_cast<std::size_t>(columns) * kRows) {}

  // Both from 0 to 1, from the lower left.
  void dot(double across, double up) {
    int x = static_cast<int>(std::lround(across * (columns_ * kDotsAcross - 1)));
    int y = static_cast<int>(std::lround((1 - up) * (kRows * kDotsDown - 1)));
    cell(x / kDotsAcross, y / kDotsDown) |= kDotBits[y % kDotsDown][x % kDotsAcross];
  }

  // Blank cells at its end are left out.
  std::string row(int y) {
    std::string out;
    std::size_t drawn = 0;
    for (int x = 0; x < columns_; ++x) {
      unsigned bits = cell(x, y);
      append_utf8(out, bits == 0 ? U' ' : kBraille + bits);
      if (bits != 0) drawn = out.size();
    }
    return out.substr(0, drawn);
  }

 private:
  unsigned& cell(int x, int y) {
    return cells_[static_cast<std::size_t>(y) * static_cast<std::size_t>(columns_) + static_cast<std::size_t>(x)];
  }

  int columns_;
  std::vector<unsigned> cells_;
};

std::string head_text(const Series& series, Range range) {
  std::string out = series.code;
  for (const std::string* part : {&series.name, &series.patient, &series.device}) {
    if (!part->empty() && *part != series.code) out += (part == &series.name ? " " : "   ") + *part;
  }
  out += "   " + std::to_string(series.points.size()) + (series.points.size() == 1 ? " value" : " values");
  out += "   " + short_number(range.low);
  if (range.high > range.low) out += " to " + short_number(range.high);
  return observe::printable(out + (series.unit.empty() ? "" : " " + series.unit)) + "\n";
}

std::string padded(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

Canvas draw(const Series& series, Range range, int columns) {
  Canvas canvas(columns);
  double start = static_cast<double>(series.points.front().time.ticks);
  double length = std::max(1.0, static_cast<double>(series.points.back().time.ticks) - start);
  double height = range.high - range.low;
  for (const Point& point : series.points) {
    double up = height > 0 ? (point.value - range.low) / height : 0.5;
    canvas.dot((static_cast<double>(point.time.ticks) - start) / length, up);
  }
  return canvas;
}

// The first and the last time stand below the ends of the picture.
std::string time_axis(const Series& series, std::size_t indent, int columns) {
  std::string first = second_text(series.points.front().time);
  std::string last = second_text(series.points.back().time);
  std::size_t room = static_cast<std::size_t>(columns);
  std::size_t gap = room > first.size() + last.size() ? room - first.size() - last.size() : 2;
  return std::string(indent, ' ') + first + std::string(gap, ' ') + last + "\n";
}

}  // namespace

std::vector<Series> series_of(const std::vector<ObservationRow>& rows) {
  std::vector<Series> out;
  for (const ObservationRow& row : rows) {
    auto found = std::find_if(out.begin(), out.end(), [&](const Series& s) { return belongs_to(row, s); });
    if (found == out.end())
      found = out.insert(out.end(), Series{row.code, row.name, row.patient, row.device, row.unit, {}});
    add_points(row, found->points);
  }
  std::erase_if(out, [](const Series& s) { return s.points.empty(); });
  for (Series& s : out) {
    std::stable_sort(s.points.begin(), s.points.end(), [](const Point& a, const Point& b) {
      return a.time.ticks < b.time.ticks;
    });
  }
  return out;
}

std::string plot_text(const Series& series, int width) {
  Range range = range_of(series.points);
  std::string out = head_text(series, range);
  if (series.points.size() == 1) return out;
  std::string high = short_number(range.high), low = short_number(range.low);
  std::size_t label = std::max(high.size(), low.size());
  int columns = std::max(kNarrowest, width - static_cast<int>(label) - 4);
  Canvas canvas = draw(series, range, columns);
  for (int y = 0; y < kRows; ++y) {
    const std::string& name = y == 0 ? high : y == kRows - 1 ? low : std::string();
    out += padded(name, label) + " │ " + canvas.row(y) + "\n";
  }
  return out + time_axis(series, label + 3, columns);
}

}  // namespace aorta::cli
