#include "core/fhir/observation_form.hpp"

#include "core/fhir/observation_parts.hpp"

namespace aorta::fhir {
namespace {

constexpr std::string_view kNumber = "0";

// Of one value, the least there is.
struct OneNumber {
  group::TimedValue value{{}, kNumber};
  group::Series series{{}, {&value, 1}};
};

bool is_quantity(const std::optional<ValueTemplate>& value) {
  return value && value->name && value->kind == ValueKind::Quantity;
}

// The text around the number in `written`, which ends with the quantity of `value` and as many brackets as `closing`.
ObservationForm::Frame frame_of(std::string_view written, std::string_view quantity, std::size_t closing) {
  constexpr std::size_t kBefore = std::string_view(R"("valueQuantity":{"value":)").size();
  std::size_t number = written.size() - closing - quantity.size() + kBefore;
  return {std::string(written.substr(0, number)), std::string(written.substr(number + kNumber.size()))};
}

// The member "valueQuantity" around a number.
std::string quantity_text(const ValueTemplate& value) {
  std::string json;
  JsonWriter out(json);
  out.begin_object();
  bool written = write_value(out, value, OneNumber().series, {}).has_value();
  out.end_object();
  return written ? json.substr(1, json.size() - 2) : std::string();
}

std::string head_text(const ObservationTemplate& of) {
  std::string json;
  JsonWriter out(json);
  out.begin_object();
  out.text("status", "final");
  bool written =
      write_category(out, of.category).has_value() && write_code(out, "code", of.codes, of.type_name).has_value();
  out.end_object();
  return written ? json.substr(1, json.size() - 2) : std::string();
}

ObservationForm::Frame component_frame(const std::optional<ComponentTemplate>& component) {
  if (!component || !is_quantity(component->value)) return {};
  OneNumber number;
  number.series.name = *component->value->name;
  std::string json;
  JsonWriter out(json);
  if (write_component(out, *component, number.series, {}).has_error()) return {};
  return frame_of(json, quantity_text(*component->value), 1);
}

}  // namespace

ObservationForm::ObservationForm(const ObservationTemplate& of) : head_(head_text(of)) {
  if (is_quantity(of.value)) {
    std::string text = quantity_text(*of.value);
    value_ = frame_of(text, text, 0);
  }
  if (!of.components) return;
  for (const std::optional<ComponentTemplate>& component : *of.components)
    components_.push_back(component_frame(component));
}

}  // namespace aorta::fhir
