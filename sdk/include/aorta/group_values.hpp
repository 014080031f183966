// What the measurements of groups say, for sinks that make one resource of many of them.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aorta/groups.hpp"
#include "aorta/str.hpp"
#include "aorta/time.hpp"

namespace aorta {

// One measurement of a write(): group and place in it.
struct Place {
  std::uint64_t group = 0;
  std::uint64_t measurement = 0;
};

inline bool blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

// The value of this name; empty where there is none. Valid during write().
inline std::string_view value_of(const GroupMeasurement& measurement, std::string_view name) {
  for (const aorta_pair& pair : measurement.values) {
    if (view(pair.name) == name) return view(pair.value);
  }
  return {};
}

// Without blanks at its ends: stores keep texts so.
inline std::string_view trimmed(std::string_view text) {
  std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// The first of these names that has a value which is not blank, trimmed.
inline std::string_view first_value_of(const GroupMeasurement& measurement, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    std::string_view text = value_of(measurement, name);
    if (!blank(text)) return trimmed(text);
  }
  return {};
}

// A number as FHIR spells decimals ("72.50", "-3", "1e3"); nothing for any other text.
inline std::optional<double> decimal(std::string_view text) {
  std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  bool leading_zero = digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9';
  if (digits.empty() || digits[0] < '0' || digits[0] > '9' || leading_zero || digits.back() == '.') return std::nullopt;
  if (std::size_t point = digits.find('.'); point != std::string_view::npos) {
    if (digits[point + 1] < '0' || digits[point + 1] > '9') return std::nullopt;
  }
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// An instant as FHIR spells it, from an ISO date-time with a zone or from the text that dates become in measurements
// ("11/22/2026 06:00:00", UTC); nothing for any other text.
inline std::optional<std::string> instant(std::string_view text) {
  auto like = [&](std::string_view pattern, std::string_view of) {
    return of.size() == pattern.size() && std::equal(of.begin(), of.end(), pattern.begin(), [](char c, char p) {
             return p == '0' ? c >= '0' && c <= '9' : c == p;
           });
  };
  auto part = [&](std::size_t at, std::size_t length) { return std::string(text.substr(at, length)); };
  if (like("00/00/0000 00:00:00", text))
    return part(6, 4) + "-" + part(0, 2) + "-" + part(3, 2) + "T" + part(11, 8) + "Z";
  if (!like("0000-00-00T00:00:00", text.substr(0, 19))) return std::nullopt;
  std::string_view rest = text.substr(19);
  if (rest.starts_with('.')) rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of("0123456789", 1)));
  if (rest != "Z" && !like("+00:00", rest) && !like("-00:00", rest)) return std::nullopt;
  return std::string(text);
}

// What belongs together: of a session (correlation id), an encounter, or a window of the calendar (UTC).
struct Occasion {
  std::string key;             // a pure function of what it is: "2026-11-22", "2026-11-22T06", an id
  std::optional<Span> window;  // of the calendar
  static constexpr std::string_view kSession = "session", kEncounter = "encounter", kHour = "hour", kDay = "day";

  // `per`: one of the four words. Nothing where the group has no such id.
  static std::optional<Occasion> of(std::string_view per, const Group& group, aorta_time time) {
    if (per == kSession || per == kEncounter) {
      std::string_view id = per == kSession ? group.correlation() : group.encounter();
      if (blank(id)) return std::nullopt;
      return Occasion{std::string(id), std::nullopt};
    }
    return in_calendar(per, time);
  }
  static Occasion in_calendar(std::string_view per, aorta_time time) {
    bool day = per == kDay;
    Span window = window_around(time, day ? kTicksPerDay : kTicksPerDay / 24);
    return {fhir_time(window.start).substr(0, day ? 10 : 13), window};
  }
};

inline Span joined(const Span& a, const Span& b) {
  return {a.start.ticks <= b.start.ticks ? a.start : b.start, a.end.ticks >= b.end.ticks ? a.end : b.end};
}

}  // namespace aorta
