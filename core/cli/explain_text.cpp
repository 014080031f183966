#include <algorithm>
#include <ostream>

#include "core/base/unicode.hpp"
#include "core/cli/explain_layout.hpp"
#include "core/cli/explain_view.hpp"
#include "core/mapping/near_miss_text.hpp"

namespace aorta::cli {
namespace {

using document::Node;
using mapping::Evaluation;
using mapping::FieldTrace;
using mapping::MeasurementTrace;
using mapping::TracedToken;
using observe::Style;
using pipeline::ExplainedTemplate;
using pipeline::Explanation;
using pipeline::FhirUse;

constexpr std::size_t kIndent = 4;
constexpr std::size_t kLabelWidth = 12;  // at least
constexpr std::size_t kLongestLabel = 24;
constexpr std::size_t kTypeWidth = 18;
constexpr std::size_t kValueWidth = 26;
constexpr std::size_t kPlacesShown = 5;
// Measurements of a template that are told whole: a message may hold hundreds.
constexpr std::size_t kMeasurementsShown = 8;

class TextExplanation {
 public:
  TextExplanation(Context& context, const MessageView& view)
      : layout_(context.out, context.out_terminal), context_(context), view_(view), explanation_(view.explanation) {
    for (const ExplainedTemplate& one : explanation_.templates) {
      fit_label(one.name);
      for (const MeasurementTrace& traced : one.trace.measurements) {
        for (const FieldTrace& field : traced.fields) fit_label(label_of(field));
      }
    }
  }

  void show() {
    show_message();
    if (explanation_.root) {
      for (const ExplainedTemplate& one : explanation_.templates) show_template(one);
    }
    show_observations_text(context_, view_);
    show_outcome();
  }

 private:
  // Wide enough for all labels of the message, so that what stands behind them lines up.
  void fit_label(std::string_view label) {
    std::size_t width = count_characters(label);
    if (width <= kLongestLabel) label_width_ = std::max(label_width_, width);
  }
  void detail(std::string_view text) { layout_.row(kIndent, text); }

  void show_message() {
    std::string head = view_.line > 0 ? "message at line " + std::to_string(view_.line) : "message";
    head += "  " + counted(explanation_.bytes, "byte", "bytes");
    if (!explanation_.root) return layout_.row(0, head + ", not read");
    const Node* body = document::member(*explanation_.root, "Body");
    if (body) head += ", JSON " + std::string(mapping::kind_name(body->kind));
    if (std::string keys = body ? mapping::member_names(*body) : std::string(); !keys.empty())
      head += ", keys: " + keys;
    layout_.row(0, head);
    if (explanation_.trailing_text)
      detail("warning: there is text behind the first JSON value; it is not read. Send one message per line.");
  }

  // Templates ---------------------------------------------------------------------------------------------------
  void show_template(const ExplainedTemplate& one) {
    auto [style, text] = headline(one);
    layout_.row(
        0, {{padded(one.name, label_width_ + kIndent), Style::Bold}, {padded(one.type, kTypeWidth)}, {text, style}},
        reached(one)
    );
    for (const FieldTrace& match : one.trace.matches) show_match(one, match);
    show_measurements(one);
    for (const FhirUse& use : one.fhir) show_fhir(one, use);
  }

  std::pair<Style, std::string> headline(const ExplainedTemplate& one) const {
    switch (state_of(one)) {
      case TemplateState::Matched:
        return {Style::Green, matched_text(one)};
      case TemplateState::Failed:
        return {Style::Red, failed_text(one)};
      case TemplateState::NoMatch:
        break;
    }
    return {Style::Dim, "no match"};
  }
  static std::string reached(const ExplainedTemplate& one) {
    return one.counts ? "" : "   (not reached: an earlier template ends this message)";
  }

  std::string matched_text(const ExplainedTemplate& one) const {
    std::vector<std::string> places;
    std::size_t count = mapping::matched_tokens(one.trace).size();
    for (std::size_t i = 0; i < std::min(count, kPlacesShown); ++i) {
      if (auto found = place(one, i)) places.push_back(*found);
    }
    std::string out = "matched " + std::to_string(count) + " ×";
    if (!places.empty()) out += ", at " + joined(places);
    return out + (count > kPlacesShown ? ", …" : "");
  }

  // Of a batch, how much of it was made before the failure, and how much is not tried any more.
  std::string failed_text(const ExplainedTemplate& one) const {
    std::size_t matches = mapping::matched_tokens(one.trace).size();
    if (matches == 0) return "failed";
    std::size_t made = mapping::count_made(one.trace);
    std::string out = matched_text(one) + "; failed";
    if (matches == 1) return out;
    out += " at match " + std::to_string(made + 1);
    if (made > 0) out += ", " + counted(made, "measurement before it stays", "measurements before it stay");
    std::size_t left = matches - std::min(matches, made + 1);
    return left == 0 ? out : out + ", " + counted(left, "match behind it is", "matches behind it are") + " not tried";
  }

  std::optional<std::string> place(const ExplainedTemplate& one, std::size_t index) const {
    return place_of_match(one.trace, index, *explanation_.root);
  }
  static std::string at_text(const std::optional<std::string>& place) { return place ? ", at " + *place : ""; }

  void show_match(const ExplainedTemplate& one, const FieldTrace& match) {
    for (const Evaluation& evaluation : match.evaluations) {
      std::string text = evaluation.expression;
      if (evaluation.failure) text += "  fails: " + std::string(evaluation.failure->message());
      if (evaluation.miss) text += "  " + mapping::near_miss_text(*evaluation.miss, *explanation_.root);
      if (evaluation.tokens.empty() && !evaluation.miss && !evaluation.failure) text += "  selects nothing";
      detail(text);
      if (evaluation.miss) show_held(*evaluation.miss);
    }
    if (match.evaluations.empty() && one.trace.failure) detail("fails: " + std::string(one.trace.failure->message()));
  }

  void show_held(const expr::NearMiss& miss) {
    if (miss.held.size() <= 1) return;
    detail("  as far as " + miss.held + " it held" + reached_text(miss));
  }
  std::string reached_text(const expr::NearMiss& miss) const {
    std::vector<std::string> places;
    for (const Node* node : miss.reached) {
      auto found = document::path_of(*explanation_.root, *node);
      if (found && places.size() < kPlacesShown && *found != miss.held) places.push_back(*found);
    }
    return places.empty() ? "" : " (" + joined(places) + ")";
  }

  // Fields ------------------------------------------------------------------------------------------------------
  void show_measurements(const ExplainedTemplate& one) {
    const auto& all = one.trace.measurements;
    std::size_t left_out = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      bool told = i < kMeasurementsShown || !all[i].made;
      left_out += told ? 0 : 1;
      if (!told) continue;
      if (left_out > 0) show_left_out(left_out);
      left_out = 0;
      if (all.size() > 1) detail("measurement " + std::to_string(i + 1) + at_text(place(one, i)));
      show_measurement(one, all[i]);
    }
    if (left_out > 0) show_left_out(left_out);
  }
  void show_left_out(std::size_t count) {
    detail("… " + counted(count, "measurement", "measurements") + " more, made alike; --format json tells them all");
  }

  void show_measurement(const ExplainedTemplate& one, const MeasurementTrace& measurement) {
    for (std::size_t i = 0; i < measurement.fields.size(); ++i)
      show_field(measurement.fields[i], failure_at(one.trace, measurement, i));
  }

  void show_field(const FieldTrace& field, const Error* failure) {
    FieldView view = view_of(field, failure);
    std::string how;
    for (const Evaluation& evaluation : field.evaluations) how += (how.empty() ? "" : "; ") + how_text(evaluation);
    if (how.empty() && failure) how = failure->message();
    Style style = view.state == FieldState::Failed ? Style::Red : Style::Plain;
    layout_.row(
        kIndent, {{padded(label_of(field), label_width_)}, {padded(value_text(field, view), kValueWidth), style}}, how
    );
  }

  static std::string value_text(const FieldTrace& field, const FieldView& view) {
    if (view.state == FieldState::Failed) return "failed: " + view.why;
    if (view.state == FieldState::Absent) return "— (" + view.why + ")";
    return field.role == FieldTrace::Role::Time ? view.value : "\"" + mapping::shortened(view.value) + "\"";
  }

  // "$.hr → Float 72.50 at $.Body.hr (1:57)"
  std::string how_text(const Evaluation& evaluation) const {
    std::string out = evaluation.expression + " → ";
    if (evaluation.failure) return out + "fails: " + std::string(evaluation.failure->message());
    if (evaluation.miss) return out + "nothing; " + mapping::near_miss_text(*evaluation.miss, *explanation_.root);
    if (evaluation.tokens.empty()) return out + "nothing";
    std::vector<std::string> tokens;
    for (const TracedToken& token : evaluation.tokens) tokens.push_back(token_text(token));
    return out + joined(tokens);
  }

  std::string token_text(const TracedToken& token) const {
    std::string out(mapping::kind_name(token.node->kind));
    std::string shown = source_text(*token.node);
    bool same = !token.conversions.empty() && token.conversions.back().text == shown;
    // A number as the message spells it: 72.50 becomes the text 72.5.
    if (!same && !shown.empty())
      out += " " + (token.node->is_number() ? mapping::shortened(shown) : mapping::preview(*token.node));
    auto path = document::path_of(*explanation_.root, *token.node);
    if (!path) return out + ", computed";
    Position at = place_in_message(view_, *token.node);
    std::string column = at.line > 0 ? " (" + std::to_string(at.line) + ":" + std::to_string(at.column) + ")" : "";
    return out + " at " + *path + column;
  }
  static std::string source_text(const Node& node) {
    return node.is_container() || node.kind == document::Kind::Property ? std::string() : std::string(node.text());
  }

  // FHIR --------------------------------------------------------------------------------------------------------
  // What the mappings do not agree on, whatever the message; the rest is told with the Observations.
  void show_fhir(const ExplainedTemplate& one, const FhirUse& use) {
    if (use.found && use.unused.empty()) return;
    std::string place = use.file + (use.position.line > 0 ? ":" + std::to_string(use.position.line) : "");
    std::string text = "no template for \"" + one.name + "\" in " + place + "; its measurements become dead letters";
    if (use.found) text = "\"" + one.name + "\" in " + place + " takes no " + joined(use.unused);
    if (!use.known.empty()) text += "; known there: " + joined(use.known);
    layout_.row(kIndent, {{padded("→ FHIR", label_width_), Style::Yellow}}, text);
  }

  // Outcome -----------------------------------------------------------------------------------------------------
  void show_outcome() { layout_.row(0, {{"Outcome: ", Style::Bold}}, outcome_text()); }

  std::string outcome_text() const {
    std::string made = counted(explanation_.measurements, "measurement", "measurements");
    std::string end = end_text(explanation_);
    if (end.empty()) return made + sinks_text(explanation_.sinks);
    bool some_stay = explanation_.dead_letter && !explanation_.stopped && explanation_.measurements > 0;
    return some_stay ? end + "; the " + made + " before it stay" : end;
  }

  std::size_t label_width_ = kLabelWidth;
  Layout layout_;
  Context& context_;
  const MessageView& view_;
  const Explanation& explanation_;
};

}  // namespace

void show_explanation_text(Context& context, const MessageView& view) { TextExplanation(context, view).show(); }

}  // namespace aorta::cli
