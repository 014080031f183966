#include "core/fhir/observation_parts.hpp"

#include "core/base/blank.hpp"
#include "core/fhir/resource_id.hpp"
#include "core/fhir/sampled_data.hpp"

namespace aorta::fhir {
namespace {

Result<void> write_codings(JsonWriter& out, const Codes& codes) {
  for (const std::optional<Code>& code : codes) {
    if (!code)
      return Error(
          "null-code", "a list of codes in the FHIR mapping has an empty item: give it code and system, or remove it"
      );
    write_coding(out, *code);
  }
  return {};
}

void write_own_coding(JsonWriter& out, std::string_view name) {
  out.begin_object();
  out.text("system", kConnectorSystem);
  out.text("code", name);
  out.text("display", name);
  out.end_object();
}

// What a message says of a value is kept with it, and listed: never the value itself.
std::string shown(std::string_view value) {
  return value.data() == nullptr ? "null" : "a text of " + std::to_string(value.size()) + " bytes";
}

// data() == nullptr: the value is null.
Result<std::string_view> single(const group::Series& series) {
  if (series.values.size() == 1) return series.values.front().text;
  return Error(
      "value-not-single", "value \"" + std::string(series.name) + "\": expected 1 value in the period, received " +
                              std::to_string(series.values.size()) + ": use SampledData, or a shorter periodInterval"
  );
}

Result<void> write_sampled_data(
    JsonWriter& out, const ValueTemplate& made_by, const group::Series& series, const group::Boundary& period
) {
  AORTA_TRY(step, template_step(made_by));
  AORTA_TRY(data, encode_samples(series.values, period.start, period.end, step));
  out.begin_object("valueSampledData");
  out.begin_object("origin");
  out.raw("value", "0");
  out.optional_text("unit", made_by.unit);
  out.end_object();
  out.raw("period", made_by.default_period->text());
  out.raw("dimensions", "1");
  out.text("data", data);
  out.end_object();
  return {};
}

Result<void> write_quantity(JsonWriter& out, const ValueTemplate& made_by, const group::Series& series) {
  std::string digits;
  AORTA_TRY(number, quantity_digits(series, digits));
  out.begin_object("valueQuantity");
  out.raw("value", number);
  out.optional_text("unit", made_by.unit);
  out.optional_text("system", made_by.system);
  out.optional_text("code", made_by.code);
  out.end_object();
  return {};
}

Result<void> write_concept(JsonWriter& out, const ValueTemplate& made_by) {
  if (!made_by.codes)
    return Error(
        "codes-missing", "the CodeableConcept value of the FHIR mapping has no codes: give it a list, even an empty one"
    );
  out.begin_object("valueCodeableConcept");
  out.begin_list("coding");
  AORTA_CHECK(write_codings(out, *made_by.codes));
  out.end_list();
  out.optional_text("text", made_by.text);
  out.end_object();
  return {};
}

}  // namespace

void write_coding(JsonWriter& out, const Code& code) {
  out.begin_object();
  out.optional_text("system", code.system);
  out.optional_text("code", code.code);
  out.optional_text("display", code.display);
  out.end_object();
}

std::string_view kind_name(ValueKind kind) {
  switch (kind) {
    case ValueKind::SampledData:
      return "SampledData";
    case ValueKind::Quantity:
      return "Quantity";
    case ValueKind::String:
      return "String";
    default:
      return "CodeableConcept";
  }
}

const std::string_view* plain_number(const group::Series& series) {
  if (series.values.size() != 1) return nullptr;
  const std::string_view& text = series.values.front().text;
  return is_decimal_text(text) ? &text : nullptr;
}

Result<std::string_view> quantity_digits(const group::Series& series, std::string& digits) {
  if (const std::string_view* number = plain_number(series)) return *number;
  AORTA_TRY(text, single(series));
  std::optional<Decimal> value = text.data() != nullptr ? parse_decimal(text) : std::nullopt;
  if (!value) {
    return Error(
        "value-not-a-number", "value \"" + std::string(series.name) + "\" is " + shown(text) +
                                  ", which is no decimal number: correct it in the device mapping"
    );
  }
  digits = value->text();
  return std::string_view(digits);
}

Result<void> write_code(JsonWriter& out, std::string_view name, const Codes& codes, std::string_view text) {
  out.begin_object(name);
  out.begin_list("coding");
  AORTA_CHECK(write_codings(out, codes));
  write_own_coding(out, text);
  out.end_list();
  out.text("text", text);
  out.end_object();
  return {};
}

Result<void> write_category(JsonWriter& out, const std::vector<std::optional<Category>>& category) {
  out.begin_list("category");
  for (const std::optional<Category>& entry : category) {
    if (!entry)
      return Error(
          "null-code", "the category list of the FHIR mapping has an empty item: give it a text or codes, or remove it"
      );
    out.begin_object();
    out.begin_list("coding");
    AORTA_CHECK(write_codings(out, entry->codes));
    out.end_list();
    out.optional_text("text", entry->text);
    out.end_object();
  }
  out.end_list();
  return {};
}

void write_effective(JsonWriter& out, const ObservationTemplate& made_by, const group::Boundary& period) {
  if (is_one_moment(made_by, period)) {
    // A dateTime with a time has to have a zone.
    return out.time("effectiveDateTime", {period.start.ticks, DateTime::Zone::Utc});
  }
  out.begin_object("effectivePeriod");
  out.time("start", period.start);
  out.time("end", period.end);
  out.end_object();
}

void write_data_absent(JsonWriter& out) {
  out.begin_object("dataAbsentReason");
  out.begin_list("coding");
  out.begin_object();
  out.text("system", "http://terminology.hl7.org/CodeSystem/data-absent-reason");
  out.text("code", "unknown");
  out.text("display", "Unknown");
  out.end_object();
  out.end_list();
  out.end_object();
}

Result<void> write_value(
    JsonWriter& out, const ValueTemplate& made_by, const group::Series& series, const group::Boundary& period
) {
  switch (made_by.kind) {
    case ValueKind::SampledData:
      return write_sampled_data(out, made_by, series, period);
    case ValueKind::Quantity:
      return write_quantity(out, made_by, series);
    case ValueKind::CodeableConcept:
      return write_concept(out, made_by);
    default: {
      AORTA_TRY(text, single(series));
      if (text.data() != nullptr) out.text("valueString", text);
      return {};
    }
  }
}

Result<void> write_component(
    JsonWriter& out, const ComponentTemplate& made_by, const group::Series& series, const group::Boundary& period
) {
  out.begin_object();
  AORTA_CHECK(write_code(out, "code", made_by.codes, series.name));
  AORTA_CHECK(write_value(out, *made_by.value, series, period));
  out.end_object();
  return {};
}

Result<void> write_absent_component(JsonWriter& out, const ComponentTemplate& made_by) {
  out.begin_object();
  AORTA_CHECK(write_code(out, "code", made_by.codes, *made_by.value->name));
  write_data_absent(out);
  out.end_object();
  return {};
}

bool asks_for_value(const ValueTemplate& made_by) { return made_by.name && !is_blank(*made_by.name); }

const group::Series* series_for_value(
    const std::optional<ValueTemplate>& made_by, const group::ObservationGroup& group
) {
  return made_by && asks_for_value(*made_by) ? group.find(*made_by->name) : nullptr;
}

Result<const group::Series*> series_for_component(
    const std::optional<ComponentTemplate>& made_by, const group::ObservationGroup& group
) {
  if (!made_by || !made_by->value || !made_by->value->name) {
    return Error(
        "component-without-value",
        "a component of the FHIR mapping has no value with a valueName: add one, or remove the component"
    );
  }
  return group.find(*made_by->value->name);
}

Result<std::int64_t> template_step(const ValueTemplate& made_by) {
  if (!made_by.default_period) {
    return Error(
        "default-period-missing",
        "value \"" + made_by.name.value_or(std::string()) +
            "\" of the FHIR mapping is SampledData without defaultPeriod: add it, in milliseconds"
    );
  }
  return step_ticks(*made_by.default_period);
}

}  // namespace aorta::fhir
