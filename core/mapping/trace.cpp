#include "core/mapping/trace.hpp"

#include <algorithm>
#include <utility>

namespace aorta::mapping {

std::vector<const document::Node*> matched_tokens(const TemplateTrace& trace) {
  std::vector<const document::Node*> out;
  for (const FieldTrace& field : trace.matches) {
    for (const Evaluation& evaluation : field.evaluations) {
      for (const TracedToken& token : evaluation.tokens) out.push_back(token.node);
    }
  }
  return out;
}

std::size_t count_made(const TemplateTrace& trace) {
  auto made = [](const MeasurementTrace& m) { return m.made.has_value(); };
  return static_cast<std::size_t>(std::count_if(trace.measurements.begin(), trace.measurements.end(), made));
}

TemplateTrace TraceRecorder::take(std::optional<Error> failure) {
  close_field();
  if (!open_.fields.empty()) trace_.measurements.push_back(std::exchange(open_, {}));
  trace_.failure = std::move(failure);
  return std::exchange(trace_, {});
}

void TraceRecorder::reading(FieldTrace::Role role, std::string_view name, bool required) {
  close_field();
  field_ = FieldTrace{role, std::string(name), required, {}};
}

void TraceRecorder::evaluated(
    const expr::Expression& expression, const document::Node& root, Arena& arena,
    std::span<const document::Node* const> tokens, const Error* failure, bool many
) {
  Evaluation evaluation;
  evaluation.expression = expression.text();
  evaluation.language = expression.language();
  for (const document::Node* token : tokens) evaluation.tokens.push_back({token, {}});
  if (failure) evaluation.failure = *failure;
  if (!failure && tokens.empty()) evaluation.miss = expression.explain(root, arena);
  field_for(many).evaluations.push_back(std::move(evaluation));
}

// A template that does not say what it reads has a field per evaluation.
FieldTrace& TraceRecorder::field_for(bool many) {
  bool unnamed = !field_ || (field_->role == FieldTrace::Role::Unknown && !field_->evaluations.empty());
  bool late = field_ && many != (field_->role == FieldTrace::Role::Match) && !field_->evaluations.empty();
  if (unnamed || late) {
    close_field();
    field_ = FieldTrace{many ? FieldTrace::Role::Match : FieldTrace::Role::Unknown, {}, false, {}};
  }
  return *field_;
}

void TraceRecorder::converted(const document::Node& token, Conversion conversion) {
  if (!field_) return;
  for (Evaluation& evaluation : field_->evaluations) {
    for (TracedToken& traced : evaluation.tokens) {
      if (traced.node == &token) return traced.conversions.push_back(std::move(conversion));
    }
  }
}

void TraceRecorder::added(const MeasurementView& measurement) {
  close_field();
  open_.made = own(measurement);
  trace_.measurements.push_back(std::exchange(open_, {}));
}

void TraceRecorder::close_field() {
  if (!field_) return;
  auto& into = field_->role == FieldTrace::Role::Match ? trace_.matches : open_.fields;
  into.push_back(std::move(*field_));
  field_.reset();
}

}  // namespace aorta::mapping
