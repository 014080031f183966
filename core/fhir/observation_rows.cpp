#include "core/fhir/observation_rows.hpp"

#include "core/base/number.hpp"
#include "core/fhir/resource_id.hpp"

namespace aorta::fhir {

using document::Child;
using document::Children;
using document::Kind;
using document::Node;

namespace {

// Text of strings, digits of numbers.
std::string text_at(const Node& object, std::string_view name) {
  const Node* found = document::member(object, name);
  return found && !found->is_container() ? std::string(found->text()) : std::string();
}

std::string coding_text(const Node& coding) {
  std::string display = text_at(coding, "display");
  return display.empty() ? text_at(coding, "code") : display;
}

// What a CodeableConcept is called: its text, else its first coding.
std::string concept_text(const Node& concept_) {
  std::string text = text_at(concept_, "text");
  const Node* codings = document::member(concept_, "coding");
  const Node* first = codings ? document::element(*codings, 0) : nullptr;
  return text.empty() && first ? coding_text(*first) : text;
}

// A code that others know comes before the one that the connector made of the measurement's type.
std::string concept_code(const Node& concept_) {
  const Node* codings = document::member(concept_, "coding");
  if (!codings) return {};
  std::string own;
  for (Child coding : Children(*codings)) {
    std::string code = text_at(*coding.node, "code");
    if (code.empty()) continue;
    if (text_at(*coding.node, "system") != kConnectorSystem) return code;
    own = code;
  }
  return own;
}

double number_at(const Node& object, std::string_view name, double otherwise) {
  const Node* found = document::member(object, name);
  return found && found->is_number() ? parse_float(found->text()) : otherwise;
}

Sampling sampling_of(const Node& samples) {
  const Node* origin = document::member(samples, "origin");
  return {
      .period_ms = number_at(samples, "period", 0),
      .factor = number_at(samples, "factor", 1),
      .origin = origin ? number_at(*origin, "value", 0) : 0};
}

void read_code(const Node& holder, ObservationRow& out) {
  const Node* code = document::member(holder, "code");
  if (!code) return;
  out.name = concept_text(*code);
  out.code = concept_code(*code);
  if (out.code.empty()) out.code = out.name;
}

void read_value(const Node& holder, ObservationRow& out) {
  if (const Node* quantity = document::member(holder, "valueQuantity")) {
    out.value = text_at(*quantity, "comparator") + text_at(*quantity, "value");
    out.unit = text_at(*quantity, "unit");
  } else if (const Node* samples = document::member(holder, "valueSampledData")) {
    out.value = text_at(*samples, "data");
    const Node* origin = document::member(*samples, "origin");
    out.unit = origin ? text_at(*origin, "unit") : std::string();
    out.sampling = sampling_of(*samples);
  } else if (const Node* named = document::member(holder, "valueCodeableConcept")) {
    out.value = concept_text(*named);
  } else {
    for (Child child : Children(holder)) {
      if (child.name.starts_with("value") && !child.node->is_container()) out.value = child.node->text();
    }
  }
}

bool has_value(const Node& holder) {
  for (Child child : Children(holder)) {
    if (child.name.starts_with("value")) return true;
  }
  return false;
}

std::string reference_at(const Node& observation, std::string_view name) {
  const Node* found = document::member(observation, name);
  return found ? text_at(*found, "reference") : std::string();
}

}  // namespace

std::vector<ObservationRow> observation_rows(const Node& observation) {
  ObservationRow base;
  base.patient = reference_at(observation, "subject");
  base.device = reference_at(observation, "device");
  base.status = text_at(observation, "status");
  base.id = text_at(observation, "id");
  std::vector<ObservationRow> out;
  auto add = [&](const Node& holder) {
    out.push_back(base);
    read_code(holder, out.back());
    read_value(holder, out.back());
  };
  const Node* components = document::member(observation, "component");
  bool composed = components && components->kind == Kind::Array && components->count > 0;
  if (has_value(observation) || !composed) add(observation);
  if (composed) {
    for (Child component : Children(*components)) add(*component.node);
  }
  return out;
}

}  // namespace aorta::fhir
