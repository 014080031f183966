// Metrics in the text format of Prometheus (exposition format 0.0.4). Own code: the library for it comes with a web
// server of its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aorta::observe {

struct Label {
  std::string_view name;
  std::string value;
};
using Labels = std::vector<Label>;

enum class MetricType : std::uint8_t { Counter, Gauge, Histogram };

// One metric with its samples. Names are of letters, digits and _; texts of labels may be anything.
class MetricFamily {
 public:
  MetricFamily(std::string_view name, std::string_view help, MetricType type);

  // `suffix` of the name: "_bucket", "_sum", "_count" of a histogram.
  void add(const Labels& labels, double value, std::string_view suffix = {});
  // Ends with a newline.
  const std::string& text() const { return text_; }

 private:
  std::string name_;
  std::string text_;
};

// As samples and bounds are written: "3", "0.005", "+Inf".
std::string number_text(double value);

}  // namespace aorta::observe
