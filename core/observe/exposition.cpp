#include "core/observe/exposition.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace aorta::observe {
namespace {

constexpr std::array<std::string_view, 3> kTypes{"counter", "gauge", "histogram"};

void append_value(std::string& out, std::string_view text) {
  for (char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    c == '\n' ? void(out += "\\n") : void(out += c);
  }
}

}  // namespace

std::string number_text(double value) {
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 32> text;
  auto written = std::to_chars(text.data(), text.data() + text.size(), value);
  return std::string(text.data(), written.ptr);
}

MetricFamily::MetricFamily(std::string_view name, std::string_view help, MetricType type) : name_(name) {
  text_.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name).append(" ");
  text_.append(kTypes[static_cast<std::size_t>(type)]).append("\n");
}

void MetricFamily::add(const Labels& labels, double value, std::string_view suffix) {
  text_.append(name_).append(suffix);
  for (const Label& label : labels) {
    text_.append(&label == labels.data() ? "{" : ",").append(label.name).append("=\"");
    append_value(text_, label.value);
    text_ += '"';
  }
  text_.append(labels.empty() ? " " : "} ").append(number_text(value)).append("\n");
}

}  // namespace aorta::observe
