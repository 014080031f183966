#include <boost/json.hpp>
#include <ostream>

#include "core/cli/explain_json.hpp"
#include "core/cli/explain_view.hpp"
#include "core/document/convert.hpp"
#include "core/document/node_path.hpp"
#include "core/mapping/near_miss_text.hpp"

namespace aorta::cli {
namespace {

namespace json = boost::json;
using document::Node;
using mapping::Conversion;
using mapping::Evaluation;
using mapping::FieldTrace;
using mapping::MeasurementTrace;
using mapping::TracedToken;
using pipeline::ExplainedTemplate;
using pipeline::Explanation;
using pipeline::FhirUse;
using pipeline::SinkPreview;

json::object error_json(const Error& error) { return {{"reason", error.reason()}, {"message", error.message()}}; }

std::string_view name_of(Conversion::Into into) {
  switch (into) {
    case Conversion::Into::Text:
      return "text";
    case Conversion::Into::Time:
      return "time";
    case Conversion::Into::Nothing:
      return "null";
    case Conversion::Into::NoText:
      return "no-text";
    case Conversion::Into::NoTime:
      return "no-time";
  }
  return "";
}

std::string_view name_of(expr::NearMiss::Cause cause) {
  switch (cause) {
    case expr::NearMiss::Cause::Unknown:
      return "unknown";
    case expr::NearMiss::Cause::NoMember:
      return "no-member";
    case expr::NearMiss::Cause::NoElement:
      return "no-element";
    case expr::NearMiss::Cause::WrongKind:
      return "wrong-kind";
    case expr::NearMiss::Cause::Comparison:
      return "comparison-false";
    case expr::NearMiss::Cause::Falsy:
      return "value-false";
    case expr::NearMiss::Cause::TestsMembers:
      return "filter-tests-members";
  }
  return "";
}

std::string_view name_of(TemplateState state) {
  switch (state) {
    case TemplateState::Matched:
      return "matched";
    case TemplateState::NoMatch:
      return "no-match";
    case TemplateState::Failed:
      return "failed";
  }
  return "";
}

std::string_view name_of(FieldState state) {
  switch (state) {
    case FieldState::Found:
      return "found";
    case FieldState::Absent:
      return "absent";
    case FieldState::Failed:
      return "failed";
  }
  return "";
}

class JsonExplanation {
 public:
  explicit JsonExplanation(const MessageView& view) : view_(view), explanation_(view.explanation) {}

  json::object make() const {
    json::array templates;
    for (const ExplainedTemplate& one : explanation_.templates) templates.push_back(json_of(one));
    json::array sinks;
    for (const SinkPreview& sink : explanation_.sinks) sinks.push_back(cli::json_of(sink));
    return {
        {"message", message()},
        {"templates", std::move(templates)},
        {"sinks", std::move(sinks)},
        {"outcome", outcome()}};
  }

 private:
  // Nodes as they are, whatever their size: a tool can cut by itself.
  void set_node(json::object& out, std::string_view name, const Node* node) const {
    if (!node) return;
    std::string text;
    document::append_json(text, *node);
    out[name] = text;
  }
  void set_path(json::object& out, std::string_view name, const Node* node) const {
    auto path = node ? document::path_of(*explanation_.root, *node) : std::nullopt;
    if (path) out[name] = *path;
  }

  json::object message() const {
    json::object out{{"bytes", explanation_.bytes}, {"read", explanation_.root != nullptr}};
    if (view_.line > 0) out["line"] = view_.line;
    if (!explanation_.root) return out;
    if (explanation_.trailing_text) out["trailing_text"] = true;
    const Node* body = document::member(*explanation_.root, "Body");
    if (!body) return out;
    out["kind"] = mapping::kind_name(body->kind);
    if (body->kind != document::Kind::Object) return out;
    json::array keys;
    for (document::Child c : document::Children(*body)) keys.emplace_back(c.name);
    out["keys"] = std::move(keys);
    return out;
  }

  json::object json_of(const ExplainedTemplate& one) const {
    json::object out{{"typeName", one.name},      {"templateType", one.type},         {"file", view_.mapping_file},
                     {"line", one.position.line}, {"status", name_of(state_of(one))}, {"reached", one.counts}};
    json::array matches, measurements, fhir;
    for (const FieldTrace& match : one.trace.matches) {
      for (const Evaluation& evaluation : match.evaluations) matches.push_back(json_of(evaluation));
    }
    for (std::size_t i = 0; i < one.trace.measurements.size(); ++i) measurements.push_back(measurement(one, i));
    for (const FhirUse& use : one.fhir) fhir.push_back(json_of(use));
    out["match"] = std::move(matches);
    out["measurements"] = std::move(measurements);
    if (one.trace.failure) out["error"] = error_json(*one.trace.failure);
    out["fhir"] = std::move(fhir);
    return out;
  }

  json::object measurement(const ExplainedTemplate& one, std::size_t index) const {
    const MeasurementTrace& traced = one.trace.measurements[index];
    json::object out{{"made", traced.made.has_value()}};
    if (auto place = place_of_match(one.trace, index, *explanation_.root)) out["at"] = *place;
    json::array fields;
    for (std::size_t i = 0; i < traced.fields.size(); ++i)
      fields.push_back(field(traced.fields[i], failure_at(one.trace, traced, i)));
    out["fields"] = std::move(fields);
    return out;
  }

  json::object field(const FieldTrace& traced, const Error* failure) const {
    FieldView view = view_of(traced, failure);
    bool is_value = traced.role == FieldTrace::Role::Value;
    json::object out{
        {"field", is_value ? "value" : label_of(traced)},
        {"required", traced.required},
        {"status", name_of(view.state)}};
    if (is_value) out["name"] = traced.name;
    if (view.state == FieldState::Found) out["value"] = view.value;
    if (view.state != FieldState::Found) out["why"] = view.why;
    json::array evaluations;
    for (const Evaluation& evaluation : traced.evaluations) evaluations.push_back(json_of(evaluation));
    out["evaluations"] = std::move(evaluations);
    return out;
  }

  json::object json_of(const Evaluation& evaluation) const {
    bool json_path = evaluation.language == expr::Language::JsonPath;
    json::object out{{"expression", evaluation.expression}, {"language", json_path ? "JsonPath" : "JmesPath"}};
    json::array tokens;
    for (const TracedToken& token : evaluation.tokens) tokens.push_back(json_of(token));
    out["tokens"] = std::move(tokens);
    if (evaluation.failure) out["error"] = error_json(*evaluation.failure);
    if (evaluation.miss) out["near_miss"] = json_of(*evaluation.miss);
    return out;
  }

  json::object json_of(const TracedToken& token) const {
    json::object out{{"kind", mapping::kind_name(token.node->kind)}};
    set_path(out, "at", token.node);
    set_place(out, place_in_message(view_, *token.node));
    set_node(out, "json", token.node);
    if (token.conversions.empty()) return out;
    const Conversion& conversion = token.conversions.back();
    out["converted"] = name_of(conversion.into);
    if (conversion.into == Conversion::Into::Text || conversion.into == Conversion::Into::Time)
      out["value"] = conversion.text;
    return out;
  }

  json::object json_of(const expr::NearMiss& miss) const {
    json::object out{
        {"cause", name_of(miss.cause)},
        {"text", mapping::near_miss_text(miss, *explanation_.root)},
        {"held", miss.held},
        {"broke", miss.broke}};
    json::array reached;
    for (const Node* node : miss.reached) {
      if (auto path = document::path_of(*explanation_.root, *node)) reached.emplace_back(*path);
    }
    out["reached"] = std::move(reached);
    set_path(out, "at", miss.at);
    if (!miss.name.empty()) out["name"] = miss.name;
    if (!miss.condition.empty()) out["condition"] = miss.condition;
    set_node(out, "left", miss.left);
    set_node(out, "right", miss.right);
    return out;
  }

  static json::object json_of(const FhirUse& use) {
    json::object out{{"sink", use.sink}, {"file", use.file}, {"found", use.found}};
    if (use.position.line > 0) out["line"] = use.position.line;
    out["taken"] = array_of(use.taken);
    out["unused"] = array_of(use.unused);
    out["known"] = array_of(use.known);
    return out;
  }

  json::object outcome() const {
    json::object out{{"measurements", explanation_.measurements}};
    add_end(out, explanation_);
    return out;
  }

  const MessageView& view_;
  const Explanation& explanation_;
};

json::object failed_end(std::string_view name, std::string_view reason, std::string_view message) {
  return {{"end", name}, {"reason", reason}, {"message", message}};
}

json::object json_of(const pipeline::MessageEnd& end) {
  if (end.stopped) return failed_end("pipeline_stops", end.stopped->reason(), end.stopped->message());
  if (end.dead_letter) return failed_end("dead_letter", end.dead_letter->reason, end.dead_letter->message);
  if (!end.filtered.empty()) return {{"end", "filtered"}, {"rule", end.filtered}};
  return {{"end", "measured"}};
}

}  // namespace

void add_end(json::object& out, const pipeline::MessageEnd& end) {
  for (auto& [key, value] : json_of(end)) out[key] = std::move(value);
}

void show_explanation_json(Context& context, const MessageView& view) {
  context.out << json::serialize(JsonExplanation(view).make()) << "\n";
}

}  // namespace aorta::cli
