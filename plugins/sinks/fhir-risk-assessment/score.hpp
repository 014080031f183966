// The values that an assessment counts, and what they score.
#pragma once

#include <aorta/fhir.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "mapping.hpp"

namespace risk_assessment {

// A value as it was written, and when it was measured.
struct Taken {
  std::string text;
  aorta_time at{};
  friend bool operator==(const Taken& a, const Taken& b) { return a.text == b.text && a.at.ticks == b.at.ticks; }
};
using Values = std::map<std::string, Taken>;  // by "typeName.valueName"

// Keeps the one that counts, of equal ones the earliest, in whatever order they come. What is no decimal is passed
// over. Taking a value twice changes nothing.
inline void take(Values& values, const Input& input, std::string_view text, aorta_time at) {
  std::optional<double> value = aorta::decimal(text);
  if (!value) return;
  auto [found, first] = values.try_emplace(input.key(), Taken{std::string(text), at});
  Taken& kept = found->second;
  double before = *aorta::decimal(kept.text);
  bool tie = *value == before && at.ticks < kept.at.ticks;
  bool counts = input.take == "min"   ? *value < before || tie
                : input.take == "max" ? *value > before || tie
                                      : at.ticks >= kept.at.ticks;
  if (!first && counts) kept = {std::string(text), at};
}

// Values live in the assessment, as extensions: what came in an earlier flush counts too.
constexpr std::string_view kInputExtension = "input";

inline Values stored_values(const aorta::Stored& existing) {
  Values out;
  for (aorta::NodeChild child : existing["extension"].children()) {
    if (child.value["url"].text() != "urn:aorta:input") continue;
    std::string name;
    Taken taken;
    for (aorta::NodeChild part : child.value["extension"].children()) {
      std::string_view url = part.value["url"].text();
      if (url == "name") name = part.value["valueString"].text();
      if (url == "value") taken.text = part.value["valueDecimal"].text();
      if (url == "at") taken.at = existing.time(part.value["valueDateTime"]).value_or(aorta_time{});
    }
    if (!name.empty() && aorta::decimal(taken.text)) out[name] = taken;
  }
  return out;
}

inline void write_values(aorta::ResourceWriter& out, const Values& values) {
  aorta::JsonWriter& json = out.begin_extensions({kInputExtension});
  auto part = [&](std::string_view url, std::string_view name, std::string_view text, bool number) {
    json.begin_object();
    json.text("url", url);
    number ? json.raw(name, text) : json.text(name, text);
    json.end_object();
  };
  for (const auto& [name, taken] : values) {
    json.begin_object();
    json.begin_list("extension");
    part("name", "valueString", name, false);
    part("value", "valueDecimal", taken.text, true);
    part("at", "valueDateTime", aorta::fhir_time(taken.at), false);
    json.end_list();
    json.text("url", "urn:aorta:input");
    json.end_object();
  }
  json.end_list();
}

template <class Band, class Number>
const Band& band_of(const std::vector<Band>& bands, Number number) {
  for (const Band& band : bands) {
    if (!band.below || number < *band.below) return band;
  }
  return bands.back();
}

struct Score {
  std::int64_t total = 0;
  const RiskBand* band = nullptr;
  bool complete = true;  // no required input is missing
  std::string rationale;
};

// "score 5: heart rate 131 (3), SpO2 93 (2); missing: respiration"
inline Score score_of(const Assessment& assessment, const Values& values) {
  Score out;
  std::int64_t most = 0;
  std::string parts, missing;
  for (const Input& input : assessment.inputs) {
    const std::string& label = input.label.empty() ? input.value_name : input.label;
    auto found = values.find(input.key());
    if (found == values.end()) {
      out.complete = out.complete && !input.required;
      missing += (missing.empty() ? "" : ", ") + label;
      continue;
    }
    std::int64_t score = band_of(input.bands, *aorta::decimal(found->second.text)).score;
    out.total += score;
    most = std::max(most, score);
    parts += (parts.empty() ? "" : ", ") + label + " " + found->second.text + " (" + std::to_string(score) + ")";
  }
  out.band = &band_of(assessment.bands, out.total);
  for (const RiskBand& band : assessment.bands) {
    if (&band > out.band && band.or_input && most >= *band.or_input) out.band = &band;
  }
  out.rationale =
      "score " + std::to_string(out.total) + ": " + parts + (missing.empty() ? "" : "; missing: " + missing);
  return out;
}

}  // namespace risk_assessment
