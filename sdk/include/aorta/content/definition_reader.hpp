// From a template object to a Definition, with every problem reported (device-mapping spec 3.2, 4).
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "aorta/content/definition.hpp"
#include "aorta/content/object_reader.hpp"
#include "aorta/content/style.hpp"
#include "aorta/expression.hpp"
#include "aorta/status.hpp"

namespace aorta::content {

// Use one per object. Throws Fatal where nothing of the mapping file can be read any more (spec 3.1).
class DefinitionReader {
 public:
  DefinitionReader(const Style& style, Document document, Problems& problems)
      : style_(style), in_(document, problems) {}

  Definition read(Node object) {
    for (NodeChild member : object.children()) read_member(member.name, member.value);
    require_members(object);
    check_values();
    return std::move(out_);
  }

 private:
  using At = Problems::At;
  using State = TextMember::State;

  bool any_language() const { return style_.expressions == Style::Expressions::AnyLanguage; }

  void read_member(std::string_view name, Node node) {
    if (same_name(name, "typeName")) return in_.read_text(node, out_.type);
    if (is_fixed(name)) return;
    if (ExpressionText* expression = expression_called(name)) return read_expression(node, *expression);
    if (same_name(name, "values")) return read_values(node);
    if (any_language() && same_name(name, "defaultExpressionLanguage")) return read_default_language(node);
    if (!read_artefact(name, node)) in_.unknown(node, name, style_.object_name);
  }

  ExpressionText* expression_called(std::string_view name) {
    if (same_name(name, "typeMatchExpression")) return &out_.match;
    if (same_name(name, "deviceIdExpression")) return &out_.device;
    if (same_name(name, "timestampExpression")) return &out_.time;
    if (same_name(name, "patientIdExpression")) return &out_.patient;
    if (same_name(name, "encounterIdExpression")) return &out_.encounter;
    if (same_name(name, "correlationIdExpression")) return &out_.correlation;
    return nullptr;
  }

  // What the type itself fixes may be in the file all the same, and holds anything.
  bool is_fixed(std::string_view name) const {
    if (style_.fixed_device.empty()) return false;
    bool has_alternate = !style_.fixed_times[1].empty();
    return same_name(name, "deviceIdExpression") || same_name(name, "timestampExpression") ||
           (has_alternate && same_name(name, "alternateTimestampExpression"));
  }

  // Members that serialized mappings carry; they mean nothing.
  bool read_artefact(std::string_view name, Node node) {
    if (same_name(name, "lineInfoForProperties")) return true;
    if (!same_name(name, "lineNumber") && !same_name(name, "linePosition")) return false;
    if (node.is_null()) {
      in_.problem(node, At::Node, "Error converting value {null} to an integer: " + quoted(name) + ".");
    } else if (!node.number()) {
      in_.nowhere("Could not convert to integer: " + quoted(name) + ".");
    }
    return true;
  }

  void require_members(Node object) {
    in_.require(object, "TypeMatchExpression", out_.match.source.state);
    if (style_.fixed_device.empty()) {
      in_.require(object, "DeviceIdExpression", out_.device.source.state);
      in_.require(object, "TimestampExpression", out_.time.source.state);
    }
    in_.require(object, "TypeName", out_.type.state);
  }

  // What the reference fails on without collecting it. In any language only when the object is otherwise good.
  void check_values() {
    if (any_language() && in_.problem_count() > 0) return;
    if (null_value_)
      throw Fatal("mapping-unreadable", "\"values\" of " + quoted(out_.type.text) + " has an item that is null");
    if (any_language() && !values_given_)
      throw Fatal(
          "mapping-unreadable", "\"values\" of " + quoted(out_.type.text) + " is missing; write [] if there are none"
      );
  }

  // An empty text stands for null wherever no text is wanted.
  static bool is_nothing(Node node) {
    return node.is_null() || (node.kind() == AORTA_KIND_STRING && node.text().empty());
  }

  // values --------------------------------------------------------------------------------------------------
  void read_values(Node node) {
    out_.values.clear();
    null_value_ = false;
    values_given_ = node.is_array();
    if (node.is_array()) {
      for (NodeChild item : node.children()) read_value(item.value);
    } else if (node.is_object()) {
      wrong_object(node);
    } else if (!is_nothing(node)) {
      in_.problem(
          node, At::Node,
          "Error converting value " + std::string(kind_text(node.kind())) + ": \"values\" must be an array."
      );
    }
  }

  void wrong_object(Node node) {
    static constexpr std::string_view kText =
        "Cannot deserialize the current JSON object: \"values\" must be an array.";
    for (NodeChild first : node.children()) return in_.problem(first.value, At::Name, kText);
    in_.problem(node, At::Node, kText);
  }

  void read_value(Node item) {
    if (item.is_null()) {
      null_value_ = true;
    } else if (!item.is_object()) {
      in_.nowhere("An item of \"values\" must be an object, but is " + std::string(kind_text(item.kind())) + ".");
    } else {
      ValueDefinition value;
      for (NodeChild member : item.children()) read_value_member(member.name, member.value, value);
      in_.require(item, "ValueName", value.name.state);
      in_.require(item, "ValueExpression", value.expression.source.state);
      out_.values.push_back(std::move(value));
    }
  }

  void read_value_member(std::string_view name, Node node, ValueDefinition& value) {
    if (same_name(name, "valueName")) return in_.read_text(node, value.name);
    if (same_name(name, "valueExpression")) return read_expression(node, value.expression);
    if (same_name(name, "required")) {
      value.required = in_.read_boolean(node).value_or(false);
    } else if (!read_artefact(name, node)) {
      in_.unknown(node, name, style_.value_name);
    }
  }

  // expressions -----------------------------------------------------------------------------------------------
  void read_expression(Node node, ExpressionText& out) {
    out = {};
    out.node = node;
    if (!any_language() || node.is_null()) return in_.read_text(node, out.source);
    if (node.kind() == AORTA_KIND_STRING) return read_plain(node, out);
    // A wrong form is one problem, not also a missing member.
    out.source.state = State::Given;
    if (node.is_object()) return read_expression_object(node, out);
    in_.nowhere(
        "An expression must be text or an object {value, language}, but is " + std::string(kind_text(node.kind())) + "."
    );
  }

  // "" counts as null where an expression is required; elsewhere it is an expression, and blank.
  void read_plain(Node node, ExpressionText& out) {
    bool required = &out != &out_.patient && &out != &out_.encounter && &out != &out_.correlation;
    out.source = {node.text().empty() && required ? State::Null : State::Given, std::string(node.text())};
  }

  void read_expression_object(Node object, ExpressionText& out) {
    TextMember value;
    for (NodeChild member : object.children()) {
      if (same_name(member.name, "value")) {
        in_.read_text(member.value, value);
        out.node = member.value;
        out.at = At::Name;
      } else if (same_name(member.name, "language")) {
        read_language(member.value, out.language);
      }
    }
    in_.require(object, "Value", value.state);
    out.source.text = std::move(value.text);
  }

  // languages -------------------------------------------------------------------------------------------------
  void read_default_language(Node node) {
    if (is_nothing(node)) return in_.problem(node, At::Node, "Cannot convert null value to an expression language.");
    read_language(node, out_.default_language);
  }

  void read_language(Node node, std::int64_t& out) {
    if (auto number = node.integer()) {
      out = *number;
    } else if (node.kind() == AORTA_KIND_STRING) {
      if (node.text().empty()) return;
      if (auto known = language_of(node.text()))
        out = *known;
      else
        in_.problem(
            node, At::Node,
            "Error converting value " + quoted(node.text()) + " to an expression language; use JsonPath or JmesPath."
        );
    } else if (!node.is_null()) {
      in_.problem(node, At::Node, "Unexpected token " + std::string(kind_text(node.kind())) + " when parsing enum.");
    }
  }

  static std::optional<std::int64_t> language_of(std::string_view text) {
    static constexpr std::string_view kBlanks = " \t\n\v\f\r";
    std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return std::nullopt;
    text = text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
    if (same_name(text, "JsonPath")) return AORTA_LANGUAGE_JSON_PATH;
    if (same_name(text, "JmesPath")) return AORTA_LANGUAGE_JMES_PATH;
    std::int64_t number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
  }

  const Style& style_;
  ObjectReader in_;
  Definition out_;
  bool values_given_ = false;
  bool null_value_ = false;
};

}  // namespace aorta::content
