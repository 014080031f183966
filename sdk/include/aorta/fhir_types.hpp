// FHIR data types: as mapping files declare them (each has a schema) and as resources hold them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aorta/json_writer.hpp"
#include "aorta/schema.hpp"
#include "aorta/time.hpp"

namespace aorta {

// { "code": "150364", "system": "urn:iso:std:iso:11073:10101", "display": "MDC_TEMP_BODY" }
struct Coding {
  std::string code;
  std::string system;
  std::string display;
  static constexpr auto schema = aorta::schema<Coding>(
      aorta::field("code", &Coding::code, "The code").required(),
      aorta::field("system", &Coding::system, "The code system's URI"),
      aorta::field("display", &Coding::display, "What people call it")
  );
};

// { "text": …, "codes": [ … ] }, as FHIR mappings spell it.
struct CodeableConcept {
  std::string text;
  std::vector<Coding> codes;
  static constexpr auto schema = aorta::schema<CodeableConcept>(
      aorta::field("text", &CodeableConcept::text, "What people call it"),
      aorta::field("codes", &CodeableConcept::codes, "The same in code systems")
  );
  bool empty() const { return text.empty() && codes.empty(); }
};

struct Identifier {
  std::string system;
  std::string value;
};

inline constexpr std::string_view kUcum = "http://unitsofmeasure.org";

// The identifier system of all that this house, and its predecessor, write.
inline constexpr std::string_view kAortaSystem = "https://azure.microsoft.com/en-us/services/iomt-fhir-connector/";

// "name": { "system": …, "value": … }
inline void write_identifier(JsonWriter& out, std::string_view name, const Identifier& identifier) {
  out.begin_object(name);
  out.filled("system", identifier.system);
  out.filled("value", identifier.value);
  out.end_object();
}

inline void write_coding(JsonWriter& out, std::string_view name, const Coding& coding) {
  out.begin_object(name);
  out.filled("system", coding.system);
  out.filled("code", coding.code);
  out.filled("display", coding.display);
  out.end_object();
}

inline void write_concept(JsonWriter& out, std::string_view name, const CodeableConcept& concept_) {
  out.begin_object(name);
  out.begin_list("coding");
  for (const Coding& coding : concept_.codes) write_coding(out, {}, coding);
  out.end_list();
  out.filled("text", concept_.text);
  out.end_object();
}

inline void write_concepts(JsonWriter& out, std::string_view name, const std::vector<CodeableConcept>& concepts) {
  out.begin_list(name);
  for (const CodeableConcept& one : concepts) write_concept(out, {}, one);
  out.end_list();
}

// "name": { "reference": "Patient/<id>" }; nothing for an empty id.
inline void write_reference(JsonWriter& out, std::string_view name, std::string_view type, std::string_view id) {
  if (id.empty()) return;
  out.begin_object(name);
  out.text("reference", std::string(type) + "/" + std::string(id));
  out.end_object();
}

// `value`: a number's digits. `code` is of UCUM.
inline void write_quantity(
    JsonWriter& out, std::string_view name, std::string_view value, std::string_view unit = {},
    std::string_view code = {}
) {
  out.begin_object(name);
  out.raw("value", value);
  out.filled("unit", unit);
  if (!code.empty()) out.text("system", kUcum);
  out.filled("code", code);
  out.end_object();
}

inline void write_period(
    JsonWriter& out, std::string_view name, std::optional<aorta_time> start, std::optional<aorta_time> end
) {
  out.begin_object(name);
  if (start) out.text("start", fhir_time(*start));
  if (end) out.text("end", fhir_time(*end));
  out.end_object();
}

// An extension of this house: "urn:aorta:<name>". The value comes next, "value…" by its type; then out.end_object().
inline void begin_extension(JsonWriter& out, std::string_view name) {
  out.begin_object();
  out.text("url", "urn:aorta:" + std::string(name));
}

// The extension of that name below `resource`, or nothing.
inline Node extension_of(Node resource, std::string_view name) {
  for (NodeChild child : resource["extension"].children()) {
    std::string_view url = child.value["url"].text();
    if (url.starts_with("urn:aorta:") && url.substr(10) == name) return child.value;
  }
  return {};
}

}  // namespace aorta
