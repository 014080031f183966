#include "core/cli/explain_view.hpp"

#include "core/base/unicode.hpp"
#include "core/document/node_path.hpp"

namespace aorta::cli {
namespace {

using mapping::Conversion;
using mapping::Evaluation;
using mapping::FieldTrace;
using mapping::TracedToken;
using Into = Conversion::Into;

constexpr std::string_view kFailedPhrase = "failed";

// The token that became the field's value: the last that was converted.
const Conversion* used(const FieldTrace& field) {
  const Conversion* found = nullptr;
  for (const Evaluation& evaluation : field.evaluations) {
    for (const TracedToken& token : evaluation.tokens) {
      if (!token.conversions.empty()) found = &token.conversions.back();
    }
  }
  return found;
}

bool any_token(const FieldTrace& field) {
  for (const Evaluation& evaluation : field.evaluations) {
    if (!evaluation.tokens.empty()) return true;
  }
  return false;
}

std::string phrase_of(const FieldTrace& field, const Conversion* conversion) {
  if (!any_token(field)) return field.required ? "required" : "nothing there";
  if (!conversion) return "not used";
  switch (conversion->into) {
    case Into::Text:
      return "blank";
    case Into::Nothing:
      return "null";
    case Into::NoText:
      return "has no text";
    case Into::NoTime:
      return "no date-time";
    case Into::Time:
      break;
  }
  return std::string(kFailedPhrase);
}

bool has_failure(const FieldTrace& field) {
  for (const Evaluation& evaluation : field.evaluations) {
    if (evaluation.failure) return true;
  }
  return false;
}

// Characters of a scalar in its source; of texts with escapes, fewer.
int source_width(const document::Node& node) {
  bool quoted = node.kind == document::Kind::String || node.kind == document::Kind::Date;
  return static_cast<int>(utf16_size(node.text())) + (quoted ? 2 : 0);
}

}  // namespace

Position place_in_message(const MessageView& view, const document::Node& node) {
  if (!view.explanation.document) return {};
  Position end = view.explanation.document->position(node, document::Document::At::Node);
  if (end.line == 0) return {};
  int width = node.is_container() ? 1 : source_width(node);
  if (width > 0 && width <= end.column) end.column -= width - 1;
  if (view.line > 0) end.line += static_cast<int>(view.line) - 1;
  return end;
}

FieldView view_of(const FieldTrace& field, const Error* failure) {
  const Conversion* conversion = used(field);
  bool usable = conversion && (conversion->into == Into::Text || conversion->into == Into::Time);
  FieldView view;
  if (failure) {
    view.state = FieldState::Failed;
    bool unevaluated = field.evaluations.empty() || has_failure(field);
    view.why = unevaluated ? std::string(failure->reason()) : phrase_of(field, conversion);
  } else if (usable) {
    view = {FieldState::Found, conversion->text, {}};
  } else {
    view.why = phrase_of(field, conversion);
  }
  return view;
}

TemplateState state_of(const pipeline::ExplainedTemplate& explained) {
  const mapping::TemplateTrace& trace = explained.trace;
  if (trace.failure) return TemplateState::Failed;
  return mapping::matched_tokens(trace).empty() && trace.measurements.empty() ? TemplateState::NoMatch
                                                                              : TemplateState::Matched;
}

std::string label_of(const FieldTrace& field) {
  switch (field.role) {
    case FieldTrace::Role::Match:
      return "match";
    case FieldTrace::Role::Device:
      return "device";
    case FieldTrace::Role::Time:
      return "time";
    case FieldTrace::Role::Correlation:
      return "correlation";
    case FieldTrace::Role::Patient:
      return "patient";
    case FieldTrace::Role::Encounter:
      return "encounter";
    case FieldTrace::Role::Value:
      return field.name;
    case FieldTrace::Role::Unknown:
      break;
  }
  return "field";
}

const Error* failure_at(
    const mapping::TemplateTrace& trace, const mapping::MeasurementTrace& measurement, std::size_t index
) {
  bool ended_here = !measurement.made && trace.failure && index + 1 == measurement.fields.size();
  return ended_here ? &*trace.failure : nullptr;
}

std::optional<std::string> place_of_match(
    const mapping::TemplateTrace& trace, std::size_t index, const document::Node& root
) {
  auto tokens = mapping::matched_tokens(trace);
  return index < tokens.size() ? document::path_of(root, *tokens[index]) : std::nullopt;
}

std::string end_text(const pipeline::MessageEnd& end) {
  if (end.stopped) return "the pipeline stops: " + std::string(end.stopped->message());
  if (end.dead_letter) return "dead letter \"" + end.dead_letter->reason + "\": " + end.dead_letter->message;
  return end.filtered.empty() ? "" : "filtered by the rule \"" + end.filtered + "\"";
}

}  // namespace aorta::cli
