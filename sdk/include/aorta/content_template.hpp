// A template type that finds measurements in message content with JSONPath or JMESPath: what the official types share,
// and a base for a vendor's own. A type is a Style and a name:
//
//   struct Mine : aorta::ContentTemplate {
//     static constexpr std::string_view id = "Mine";
//     explicit Mine(aorta::Host host) : ContentTemplate(host, {.object_name = "Mine", .value_name = "MineValue"}) {}
//   };
//   AORTA_PLUGIN(Mine)
//
// Its object in a device mapping: typeName, typeMatchExpression, deviceIdExpression, timestampExpression,
// patientIdExpression, encounterIdExpression, correlationIdExpression, values[] of valueName, valueExpression, required
// (device-mapping spec 3.2 to 6).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aorta/content/definition_reader.hpp"
#include "aorta/content/field.hpp"
#include "aorta/content/style.hpp"
#include "aorta/plugin.hpp"
#include "aorta/trace.hpp"

namespace aorta {

class ContentTemplate {
 public:
  ContentTemplate(Host host, content::Style style) : host_(host), trace_(host), style_(style) {}

  void load(Document document, Node body, Problems& problems) {
    content::Definition read = content::DefinitionReader(style_, document, problems).read(body);
    if (problems.count() == 0) compile(read, problems);
  }

  // Each match gives one measurement; those before a failure are kept.
  void apply(Document document, Measurements& out) {
    Node root = document.root();
    if (!root.is_object()) throw Reject("root-not-an-object", "The message is no object; templates need one.");
    Expression::Matches found = noted(Trace::Field::Match, match_).match(document, root);
    shared_device_ = shared_patient_ = std::nullopt;
    for (std::uint64_t i = 0; i < found.count; ++i) extract(document, scope(document, root, found[i]), out);
    if (found.failure) throw *found.failure;
  }

  std::string_view type_name() const { return type_; }
  std::string_view value_name(std::size_t index) const {
    return index < values_.size() ? std::string_view(values_[index].field.name()) : std::string_view();
  }
  // What apply() can not do without, as long as the message is an object.
  std::string_view required_name(std::size_t index) const { return match_.required_name(index); }

 private:
  struct Value {
    content::Field field;
    bool required;
  };

  bool whole_message() const { return style_.scope == content::Style::Scope::Message; }

  Node scope(Document document, Node root, Node match) const {
    if (!whole_message()) return match;
    if (match.kind() == AORTA_KIND_PROPERTY)
      throw Reject(
          "match-is-a-property",
          "The match of type \"" + type_ + "\" is a member of an object, not a value; match the object itself."
      );
    return document.with_member(root, "matchedToken", match);
  }

  void extract(Document document, Node root, Measurements& out) {
    Measurement m;
    m.type = type_;
    m.device = once(shared_device_, device_, [&] {
      return noted(Trace::Field::Device, device_).required_text(document, root);
    });
    m.occurred = noted(Trace::Field::Time, time_).required_time(document, root);
    if (correlation_.is_set())
      m.correlation = noted(Trace::Field::Correlation, correlation_).required_text(document, root);
    m.patient = once(shared_patient_, patient_, [&] {
      return noted(Trace::Field::Patient, patient_).optional_text(document, root);
    });
    m.encounter = noted(Trace::Field::Encounter, encounter_).optional_text(document, root);
    found_.clear();
    for (const Value& value : values_) extract_value(document, root, value);
    m.values = found_;
    out.add(m);
  }

  // What is the same for all matches of a message is read at the first, but for those who want to see it read.
  template <class Read>
  std::string_view once(std::optional<std::string_view>& shared, const content::Field& field, Read read) const {
    if (shared) return *shared;
    std::string_view text = read();
    if (whole_message() && field.is_of_the_body() && !trace_.listens()) shared = text;
    return text;
  }

  // The field, once whoever explains knows that it is read next.
  const content::Field& noted(Trace::Field role, const content::Field& field) const {
    bool required = role != Trace::Field::Patient && role != Trace::Field::Encounter;
    if (required || field.is_set()) trace_.reading(role, required);
    return field;
  }

  void extract_value(Document document, Node root, const Value& value) {
    trace_.reading(Trace::Field::Value, value.required, value.field.name());
    if (content::is_blank(value.field.name()))
      throw Reject("value-name-missing", "A value of type \"" + type_ + "\" has no name; give it a \"valueName\".");
    std::string_view text =
        value.required ? value.field.required_text(document, root) : value.field.optional_text(document, root);
    if (text.data()) found_.push_back({to_abi(value.field.name()), to_abi(text)});
  }

  // Compiling -------------------------------------------------------------------------------------------------
  // The order is the reference's: the first expression that does not compile ends it.
  void compile(const content::Definition& read, Problems& problems) {
    type_ = read.type.text;
    default_language_ = read.default_language;
    match_ = field("TypeMatchExpression", read.match, problems);
    device_ = device(read, problems);
    patient_ = field("PatientIdExpression", read.patient, problems);
    encounter_ = field("EncounterIdExpression", read.encounter, problems);
    time_ = time(read, problems);
    correlation_ = field("CorrelationIdExpression", read.correlation, problems);
    values_.clear();
    for (const content::ValueDefinition& value : read.values)
      values_.push_back({field(value.name.text, value.expression, problems), value.required});
  }

  content::Field device(const content::Definition& read, Problems& problems) {
    if (style_.fixed_device.empty()) return field("DeviceIdExpression", read.device, problems);
    content::Field out("DeviceIdExpression");
    out.add(style_.fixed_device, json_path(style_.fixed_device));
    return out;
  }

  content::Field time(const content::Definition& read, Problems& problems) {
    if (style_.fixed_times[0].empty()) return field("TimestampExpression", read.time, problems);
    content::Field out("TimestampExpression");
    for (std::string_view fixed : style_.fixed_times) {
      if (!fixed.empty()) out.add(fixed, json_path(fixed));
    }
    return out;
  }

  content::Field field(std::string name, const content::ExpressionText& read, Problems& problems) {
    content::Field out(std::move(name));
    if (!read.given() || problems.count() > 0) return out;
    const std::string& text = read.source.text;
    bool any_language = style_.expressions == content::Style::Expressions::AnyLanguage;
    if (content::is_blank(text)) {
      if (any_language)
        throw Fatal("mapping-unreadable", "[" + out.name() + "] of \"" + type_ + "\" is a blank expression.");
    } else if (!any_language) {
      out.add(text, json_path(text));
    } else if (auto compiled = in_its_language(read, problems)) {
      out.add(text, std::move(*compiled));
    }
    return out;
  }

  std::optional<content::Compiled> in_its_language(const content::ExpressionText& read, Problems& problems) {
    std::int64_t language =
        read.language == content::ExpressionText::kDefaultLanguage ? default_language_ : read.language;
    if (language == AORTA_LANGUAGE_JSON_PATH) return json_path(read.source.text);
    if (language != AORTA_LANGUAGE_JMES_PATH) {
      problems.add(read.node, read.at, "Unsupported Expression Language: " + std::to_string(language));
      return std::nullopt;
    }
    try {
      return Expression(host_, Language::JmesPath, read.source.text);
    } catch (const Failure& failure) {
      problems.add(read.node, read.at, "The expression could not be parsed: " + std::string(failure.message()));
      return std::nullopt;
    }
  }

  content::Compiled json_path(std::string_view text) const {
    try {
      return Expression(host_, Language::JsonPath, text);
    } catch (const Failure& failure) {
      return failure;
    }
  }

  Host host_;
  Trace trace_;
  content::Style style_;
  std::string type_;
  std::int64_t default_language_ = 0;
  content::Field match_, device_, time_, patient_, encounter_, correlation_;
  std::vector<Value> values_;
  std::vector<aorta_pair> found_;
  std::optional<std::string_view> shared_device_, shared_patient_;  // of the message at hand
};

}  // namespace aorta
