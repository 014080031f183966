// The conclusion of a report: a text with placeholders, filled from what the report itself holds.
#pragma once

#include <aorta/fhir.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diagnostic_report {

// Least and greatest of a value, as they were written.
struct Range {
  std::string low, high;

  void take(std::string_view text) {
    std::optional<double> value = aorta::decimal(text);
    if (!value) return;
    if (low.empty() || *value < *aorta::decimal(low)) low = text;
    if (high.empty() || *value > *aorta::decimal(high)) high = text;
  }
  void take(const Range& other) {
    take(other.low);
    take(other.high);
  }
  friend bool operator==(const Range&, const Range&) = default;
};
using Ranges = std::map<std::string, Range>;  // by "typeName.valueName"

// The ranges live in the report, as extensions: what came in an earlier flush counts too, and what comes twice changes
// nothing.
constexpr std::string_view kRangeExtension = "value-range";

inline Ranges stored_ranges(aorta::Node report) {
  Ranges out;
  for (aorta::NodeChild child : report["extension"].children()) {
    if (child.value["url"].text() != "urn:aorta:value-range") continue;
    std::string name;
    aorta::Node range;
    for (aorta::NodeChild part : child.value["extension"].children()) {
      if (part.value["url"].text() == "value") name = part.value["valueString"].text();
      if (part.value["url"].text() == "range") range = part.value["valueRange"];
    }
    if (name.empty()) continue;
    out[name].take(range["low"]["value"].text());
    out[name].take(range["high"]["value"].text());
  }
  return out;
}

inline void write_ranges(aorta::ResourceWriter& out, const Ranges& ranges) {
  if (ranges.empty()) return;
  aorta::JsonWriter& json = out.begin_extensions({kRangeExtension});
  for (const auto& [name, range] : ranges) {
    if (range.low.empty()) continue;
    json.begin_object();
    json.begin_list("extension");
    json.begin_object();
    json.text("url", "value");
    json.text("valueString", name);
    json.end_object();
    json.begin_object();
    json.text("url", "range");
    json.begin_object("valueRange");
    aorta::write_quantity(json, "low", range.low);
    aorta::write_quantity(json, "high", range.high);
    json.end_object();
    json.end_object();
    json.end_list();
    json.text("url", "urn:aorta:value-range");
    json.end_object();
  }
  json.end_list();
}

// What stands in its braces, in order; throws what is wrong with the text. `path`: its place in the mapping.
inline std::vector<std::string> placeholders(std::string_view text, const std::string& path) {
  std::vector<std::string> out;
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    std::size_t end = text.find('}', at);
    if (end == std::string_view::npos) throw aorta::WrongMapping(path, "a { has no }");
    out.emplace_back(text.substr(at + 1, end - at - 1));
    const std::string& name = out.back();
    bool known =
        name == "results" || name == "from" || name == "to" || name.starts_with("min ") || name.starts_with("max ");
    if (!known)
      throw aorta::WrongMapping(
          path, "{" + name + "} is unknown; there are {results}, {from}, {to}, {min TYPE.VALUE} and {max TYPE.VALUE}"
      );
  }
  return out;
}

struct Facts {
  std::size_t results = 0;
  aorta::Span seen{};
  const Ranges* ranges = nullptr;
};

// "2026-11-22 06:00"
inline std::string minute(aorta_time time) {
  std::string text = aorta::fhir_time(time).substr(0, 16);
  text[10] = ' ';
  return text;
}

inline std::string filled(std::string_view name, const Facts& facts) {
  if (name == "results") return std::to_string(facts.results);
  if (name == "from") return minute(facts.seen.start);
  if (name == "to") return minute(facts.seen.end);
  auto found = facts.ranges->find(std::string(name.substr(4)));
  if (found == facts.ranges->end() || found->second.low.empty()) return "–";
  return name.starts_with("min") ? found->second.low : found->second.high;
}

inline std::string filled_in(std::string_view text, const Facts& facts) {
  std::string out;
  while (!text.empty()) {
    std::size_t at = text.find('{');
    out += text.substr(0, at);
    if (at == std::string_view::npos) break;
    std::size_t end = text.find('}', at);
    out += filled(text.substr(at + 1, end - at - 1), facts);
    text.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace diagnostic_report
