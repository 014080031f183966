// What a mapping file of fhir-diagnostic-report says.
#pragma once

#include <aorta/fhir_types.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace diagnostic_report {

struct WordOfValue {
  std::string value;
  std::vector<std::string> is;
  static constexpr auto schema = aorta::schema<WordOfValue>(
      aorta::field("value", &WordOfValue::value, "typeName.valueName").required(),
      aorta::field("is", &WordOfValue::is, "The texts that end it").required()
  );
};

// Any of these makes a report final.
struct Final {
  bool at_once = false;
  std::optional<std::int64_t> results;
  std::vector<std::string> values;
  std::optional<WordOfValue> when;
  bool later = false;
  std::int64_t look_back = 7;
  static constexpr auto schema = aorta::schema<Final>(
      aorta::field("atOnce", &Final::at_once, "With its first result"),
      aorta::field("results", &Final::results, "With so many results").min(1),
      aorta::field("values", &Final::values, "When it has a number for each of these (typeName.valueName)"),
      aorta::field("when", &Final::when, "When a measurement says so"),
      aorta::field("later", &Final::later, "hour, day: when a measurement of the patient for a later one comes"),
      aorta::field("lookBack", &Final::look_back, "later: how many hours or days back reports are looked for")
          .min(1)
          .max(31)
  );
};

struct Report {
  std::string name;
  std::vector<std::string> type_names;
  std::string per;
  std::string profile;
  aorta::CodeableConcept code;
  std::vector<aorta::CodeableConcept> category;
  std::string conclusion;
  Final final_when;
  static constexpr auto schema = aorta::schema<Report>(
      aorta::field("name", &Report::name, "Part of its identifier: unique, never to be changed").required(),
      aorta::field("typeNames", &Report::type_names, "Types of the measurements whose Observations it reports")
          .required(),
      aorta::field(
          "per", &Report::per,
          "What one report is about: the measurements of one correlation id, one encounter, one hour or day (UTC)"
      )
          .required()
          .one_of("session", "encounter", "hour", "day"),
      aorta::field("profile", &Report::profile, "A profile for meta.profile"),
      aorta::field("code", &Report::code, "DiagnosticReport.code").required(),
      aorta::field("category", &Report::category, "DiagnosticReport.category"),
      aorta::field(
          "conclusion", &Report::conclusion, "Text with {results}, {from}, {to}, {min TYPE.VALUE} and {max TYPE.VALUE}"
      ),
      aorta::field("final", &Report::final_when, "What makes it final; without any of it, it stays preliminary")
  );
};

struct Mapping {
  std::vector<Report> reports;
  static constexpr auto schema =
      aorta::schema<Mapping>(aorta::field("reports", &Mapping::reports, "The reports to be written").required());
};

}  // namespace diagnostic_report
