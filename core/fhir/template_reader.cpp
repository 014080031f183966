#include "core/fhir/template_reader.hpp"

#include "core/base/blank.hpp"
#include "core/base/letter_case.hpp"
#include "core/base/number.hpp"
#include "core/document/convert.hpp"
#include "core/fhir/period_interval.hpp"
#include "core/fhir/value_reader.hpp"

namespace aorta::fhir {

using document::Child;
using document::Children;
using document::Kind;
using document::Node;

namespace {

constexpr std::string_view kCode = "FhirCode";
constexpr std::string_view kTemplate = "CodeValueFhirTemplate";

bool is_missing(const Node& node) { return node.kind == Kind::Null || node.kind == Kind::Undefined; }
// An empty text stands for null wherever no text is wanted.
bool is_null_object(const Node& node) { return is_missing(node) || (node.kind == Kind::String && node.text().empty()); }

}  // namespace

std::string body_text(const Node& scalar, Arena& arena) {
  if (scalar.kind == Kind::BigInteger) return std::string(scalar.text());
  return std::string(document::to_text(scalar, arena).text);
}

bool is_internal_number(const Node& scalar) {
  if (scalar.kind == Kind::String) return parse_decimal(scalar.text(), DecimalSyntax::Float).has_value();
  return scalar.is_number() || scalar.kind == Kind::Boolean;
}

Position shape_place(const document::Document& file, const Node& container) {
  if (container.kind == Kind::Object && container.count > 0) {
    return file.position(*(*Children(container).begin()).node, document::Document::At::Name);
  }
  return file.position(container, document::Document::At::Node);
}

void TemplateReader::fault(const std::string& message, Position place) { problems_.push_back({message, place}); }

void TemplateReader::unknown(const Child& member, std::string_view type) {
  fault(
      "Could not find member '" + std::string(member.name) + "' on object of type '" + std::string(type) + "'.",
      name_of(member)
  );
}

void TemplateReader::not_convertible(const Node& node, std::string_view type) {
  std::string value = is_missing(node) ? "{null}" : body_text(node, file_.arena());
  fault("Error converting value " + value + " to type '" + std::string(type) + "'.", at(node));
}

void TemplateReader::wrong_shape(const Node& node, std::string_view type) {
  std::string_view shape = node.kind == Kind::Object ? "object (e.g. {\"name\":\"value\"})" : "array (e.g. [1,2,3])";
  fault(
      "Cannot deserialize the current JSON " + std::string(shape) + " into type '" + std::string(type) + "'.",
      shape_place(file_, node)
  );
}

void TemplateReader::require(Seen seen, std::string_view name, const Node& object) {
  if (seen == Seen::Value) return;
  std::string_view what = seen == Seen::No ? "not found in JSON." : "expects a value but got null.";
  fault("Required property '" + std::string(name) + "' " + std::string(what), at(object));
}

ObservationTemplate TemplateReader::read(const Node& body) {
  ObservationTemplate out;
  for (Child member : Children(body)) read_member(member, out);
  require(codes_seen_, "Codes", body);
  require(type_name_seen_, "TypeName", body);
  return out;
}

void TemplateReader::read_member(const Child& member, ObservationTemplate& out) {
  auto is = [&](std::string_view name) { return equals_ignoring_case(member.name, name); };
  const Node& node = *member.node;
  if (is("typeName")) {
    std::optional<std::string> text;
    type_name_place_ = name_of(member);
    if (!read_text(node, text)) return;
    type_name_seen_ = text ? Seen::Value : Seen::Null;
    out.type_name = text.value_or(std::string());
  } else if (is("codes")) {
    codes_seen_ = read_codes(node, out.codes);
  } else if (is("periodInterval")) {
    read_period(node, out.period_interval);
  } else if (is("category")) {
    read_categories(node, out.category);
  } else if (is("value")) {
    read_value(node, out.value);
  } else if (is("components")) {
    if (is_null_object(node)) return out.components.reset();
    if (!out.components) out.components.emplace();
    read_components(node, *out.components);
  } else if (is("lineNumber") || is("linePosition")) {
    read_internal_number(node);
  } else if (!is("lineInfoForProperties")) {
    unknown(member, kTemplate);
  }
}

bool TemplateReader::read_text(const Node& node, std::optional<std::string>& out) {
  if (node.is_container()) {
    std::string_view token = node.kind == Kind::Object  ? "StartObject"
                             : node.kind == Kind::Array ? "StartArray"
                                                        : "StartConstructor";
    fault("Error reading string. Unexpected token: " + std::string(token) + ".", {});
    return false;
  }
  out = is_missing(node) ? std::nullopt : std::optional(body_text(node, file_.arena()));
  return true;
}

void TemplateReader::read_period(const Node& node, std::int64_t& out) {
  if (node.is_container()) return wrong_shape(node, "ObservationPeriodInterval");
  std::optional<std::int64_t> read = period_interval(node);
  if (!read) return not_convertible(node, "ObservationPeriodInterval");
  out = *read;
}

void TemplateReader::read_internal_number(const Node& node) {
  if (node.is_container()) return wrong_shape(node, "System.Int32");
  if (!is_internal_number(node)) not_convertible(node, "System.Int32");
}

template <class Item, class Read>
TemplateReader::Seen TemplateReader::read_list(
    const Node& node, std::string_view type, std::vector<std::optional<Item>>& out, Read read
) {
  if (is_null_object(node)) {
    out.clear();
    return Seen::Null;
  }
  if (node.kind != Kind::Array) {
    std::string list = "List<" + std::string(type) + ">";
    node.is_container() ? wrong_shape(node, list) : not_convertible(node, list);
    return Seen::Value;
  }
  for (Child child : Children(node)) {
    const Node& item = *child.node;
    if (is_null_object(item)) {
      out.emplace_back();
    } else if (item.kind == Kind::Object) {
      out.push_back(read(item));
    } else if (item.is_container()) {
      wrong_shape(item, type);
    } else {
      not_convertible(item, type);
    }
  }
  return Seen::Value;
}

TemplateReader::Seen TemplateReader::read_codes(const Node& node, Codes& out) {
  return read_list(node, kCode, out, [this](const Node& object) { return read_code(object); });
}

std::optional<Code> TemplateReader::read_code(const Node& object) {
  Code out;
  for (Child member : Children(object)) {
    auto is = [&](std::string_view name) { return equals_ignoring_case(member.name, name); };
    if (is("code")) {
      read_text(*member.node, out.code);
    } else if (is("system")) {
      read_text(*member.node, out.system);
    } else if (is("display")) {
      read_text(*member.node, out.display);
    } else {
      unknown(member, kCode);
    }
  }
  return out;
}

void TemplateReader::read_categories(const Node& node, std::vector<std::optional<Category>>& out) {
  read_list(node, "FhirCodeableConcept", out, [this](const Node& object) { return read_category(object); });
}

Category TemplateReader::read_category(const Node& object) {
  Category out;
  for (Child member : Children(object)) {
    if (equals_ignoring_case(member.name, "text")) {
      read_text(*member.node, out.text);
    } else if (equals_ignoring_case(member.name, "codes")) {
      read_codes(*member.node, out.codes);
    } else {
      unknown(member, "FhirCodeableConcept");
    }
  }
  return out;
}

void TemplateReader::read_components(const Node& node, std::vector<std::optional<ComponentTemplate>>& out) {
  read_list(node, "CodeValueMapping", out, [this](const Node& object) { return read_component(object); });
}

ComponentTemplate TemplateReader::read_component(const Node& object) {
  ComponentTemplate out;
  Seen codes = Seen::No;
  for (Child member : Children(object)) {
    if (equals_ignoring_case(member.name, "codes")) {
      codes = read_codes(*member.node, out.codes);
    } else if (equals_ignoring_case(member.name, "value")) {
      read_value(*member.node, out.value);
    } else {
      unknown(member, "CodeValueMapping");
    }
  }
  require(codes, "Codes", object);
  return out;
}

void TemplateReader::read_value(const Node& node, std::optional<ValueTemplate>& out) {
  ValueRead read = read_value_template(node, file_.arena());
  if (read.problem) problems_.push_back(*read.problem);
  out = std::move(read.value);
}

}  // namespace aorta::fhir
