#include <algorithm>
#include <ostream>

#include "core/cli/explain_view.hpp"
#include "core/document/node_path.hpp"
#include "core/mapping/near_miss_text.hpp"

namespace aorta::cli {
namespace {

using document::Node;
using mapping::Conversion;
using mapping::Evaluation;
using mapping::FieldTrace;
using mapping::MeasurementTrace;
using mapping::TracedToken;
using observe::Style;
using pipeline::ExplainedTemplate;
using pipeline::Explanation;
using pipeline::FhirUse;

constexpr std::size_t kLabelWidth = 12;
constexpr std::size_t kValueWidth = 26;
constexpr std::size_t kPlacesShown = 5;

// Characters, as far as a column is concerned.
std::size_t width_of(std::string_view text) {
  auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts));
}

std::string padded(std::string text, std::size_t width) {
  std::size_t own = width_of(text);
  return text + std::string(own < width ? width - own : 0, ' ') + "  ";
}

std::string joined(const std::vector<std::string>& all) {
  std::string out;
  for (const std::string& one : all) out += (out.empty() ? "" : ", ") + one;
  return out;
}

std::string counted(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

class TextExplanation {
 public:
  TextExplanation(Context& context, const MessageView& view)
      : out_(context.out), terminal_(context.out_terminal), view_(view), explanation_(view.explanation) {}

  void show() {
    show_message();
    if (explanation_.root) {
      for (const ExplainedTemplate& one : explanation_.templates) show_template(one);
    }
    show_outcome();
  }

 private:
  void line(std::string_view text) { out_ << observe::printable(text) << "\n"; }
  // `text` is painted, so the parts have to be made printable before.
  void detail(const std::string& text) { out_ << "    " << text << "\n"; }

  void show_message() {
    std::string head = view_.line > 0 ? "message at line " + std::to_string(view_.line) : "message";
    head += "  " + counted(explanation_.bytes, "byte");
    if (!explanation_.root) return line(head + ", not read");
    const Node* body = document::member(*explanation_.root, "Body");
    if (body) head += ", JSON " + std::string(mapping::kind_name(body->kind));
    if (std::string keys = body ? mapping::member_names(*body) : std::string(); !keys.empty())
      head += ", keys: " + keys;
    line(head);
    if (explanation_.trailing_text) line("         text behind the first JSON value, which is not read");
  }

  // Templates ---------------------------------------------------------------------------------------------------
  void show_template(const ExplainedTemplate& one) {
    out_ << terminal_.paint(Style::Bold, observe::printable(padded(one.name, kLabelWidth)))
         << padded(one.type, kValueWidth - 8) << headline(one) << "\n";
    for (const FieldTrace& match : one.trace.matches) show_match(one, match);
    bool several = one.trace.measurements.size() > 1;
    for (std::size_t i = 0; i < one.trace.measurements.size(); ++i) {
      if (several) detail(observe::printable("measurement " + std::to_string(i + 1) + at_text(place(one, i))));
      show_measurement(one, one.trace.measurements[i]);
    }
    for (const FhirUse& use : one.fhir) show_fhir(one, use);
  }

  std::string headline(const ExplainedTemplate& one) const {
    std::string text = terminal_.paint(Style::Dim, "no match");
    if (state_of(one) == TemplateState::Matched) text = terminal_.paint(Style::Green, matched_text(one));
    if (state_of(one) == TemplateState::Failed) text = terminal_.paint(Style::Red, failed_text(one));
    return one.counts ? text : text + "   (not reached: an earlier template ends this message)";
  }

  std::string matched_text(const ExplainedTemplate& one) const {
    std::vector<std::string> places;
    std::size_t count = mapping::matched_tokens(one.trace).size();
    for (std::size_t i = 0; i < std::min(count, kPlacesShown); ++i) {
      if (auto found = place(one, i)) places.push_back(*found);
    }
    std::string out = "matched " + std::to_string(count) + " ×";
    if (!places.empty()) out += ", at " + joined(places);
    return observe::printable(out + (count > kPlacesShown ? ", …" : ""));
  }

  std::string failed_text(const ExplainedTemplate& one) const {
    bool matched = !mapping::matched_tokens(one.trace).empty();
    return matched ? matched_text(one) + "; failed" : "failed";
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
      detail(observe::printable(text));
      if (evaluation.miss) show_held(*evaluation.miss);
    }
    if (match.evaluations.empty() && one.trace.failure)
      detail(observe::printable("fails: " + std::string(one.trace.failure->message())));
  }

  void show_held(const expr::NearMiss& miss) {
    if (miss.held.size() <= 1) return;
    detail(observe::printable("  as far as " + miss.held + " it held" + reached_text(miss)));
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
  void show_measurement(const ExplainedTemplate& one, const MeasurementTrace& measurement) {
    for (std::size_t i = 0; i < measurement.fields.size(); ++i)
      show_field(measurement.fields[i], failure_at(one.trace, measurement, i));
  }

  void show_field(const FieldTrace& field, const Error* failure) {
    FieldView view = view_of(field, failure);
    std::string label = observe::printable(padded(label_of(field), kLabelWidth));
    std::string value = padded(observe::printable(value_text(field, view)), kValueWidth);
    if (view.state == FieldState::Failed) value = terminal_.paint(Style::Red, value);
    std::string how;
    for (const Evaluation& evaluation : field.evaluations) how += (how.empty() ? "" : "; ") + how_text(evaluation);
    if (how.empty() && failure) how = failure->message();
    detail(label + value + observe::printable(how));
  }

  static std::string value_text(const FieldTrace& field, const FieldView& view) {
    if (view.state == FieldState::Failed) return "failed: " + view.why;
    if (view.state == FieldState::Absent) return "— (" + view.why + ")";
    return field.role == FieldTrace::Role::Time ? view.value : "\"" + view.value + "\"";
  }

  // "$.hr → Float 72.50 at $.Body.hr"
  std::string how_text(const Evaluation& evaluation) const {
    std::string out = evaluation.expression + " → ";
    if (evaluation.failure) return out + "fails: " + std::string(evaluation.failure->message());
    if (evaluation.miss) return out + "nothing; " + mapping::near_miss_text(*evaluation.miss, *explanation_.root);
    if (evaluation.tokens.empty()) return out + "nothing";
    for (const TracedToken& token : evaluation.tokens) out += token_text(token);
    return out;
  }

  std::string token_text(const TracedToken& token) const {
    std::string out(mapping::kind_name(token.node->kind));
    std::string shown = source_text(*token.node);
    bool same = !token.conversions.empty() && token.conversions.back().text == shown;
    if (!same && !shown.empty()) out += " " + mapping::preview(*token.node);
    auto path = document::path_of(*explanation_.root, *token.node);
    return out + (path ? " at " + *path : ", computed");
  }
  static std::string source_text(const Node& node) {
    return node.is_container() || node.kind == document::Kind::Property ? std::string() : std::string(node.text());
  }

  // FHIR --------------------------------------------------------------------------------------------------------
  void show_fhir(const ExplainedTemplate& one, const FhirUse& use) {
    std::string place = use.file + (use.position.line > 0 ? ":" + std::to_string(use.position.line) : "");
    std::string text = "no template for \"" + one.name + "\" in " + place + "; its measurements become dead letters";
    if (use.found) text = "\"" + one.name + "\" in " + place + taken_text(use);
    if (!use.known.empty()) text += "; known there: " + joined(use.known);
    detail(observe::printable(padded("→ FHIR", kLabelWidth) + text));
  }
  static std::string taken_text(const FhirUse& use) {
    std::string out = use.taken.empty() ? " takes no value" : " takes " + joined(use.taken);
    return use.unused.empty() ? out : out + ", not " + joined(use.unused);
  }

  // Outcome -----------------------------------------------------------------------------------------------------
  void show_outcome() {
    out_ << terminal_.paint(Style::Bold, "Outcome: ") << observe::printable(outcome_text()) << "\n";
  }

  std::string outcome_text() const {
    std::string made = counted(explanation_.measurements, "measurement");
    if (explanation_.stopped) return "the pipeline stops: " + std::string(explanation_.stopped->message());
    if (explanation_.dead_letter) {
      std::string out =
          "dead letter \"" + explanation_.dead_letter->reason + "\": " + explanation_.dead_letter->message;
      return explanation_.measurements > 0 ? out + "; the " + made + " before it stay" : out;
    }
    if (!explanation_.filtered.empty()) return "filtered by the rule \"" + explanation_.filtered + "\"";
    return made;
  }

  std::ostream& out_;
  const observe::Terminal& terminal_;
  const MessageView& view_;
  const Explanation& explanation_;
};

}  // namespace

void show_explanation_text(Context& context, const MessageView& view) { TextExplanation(context, view).show(); }

}  // namespace aorta::cli
