// What an explanation says of fields and templates, for both of its forms.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cli/context.hpp"
#include "core/document/node_path.hpp"
#include "core/pipeline/explainer.hpp"

namespace aorta::cli {

enum class FieldState : std::uint8_t { Found, Absent, Failed };

struct FieldView {
  FieldState state = FieldState::Absent;
  std::string value;  // Found: the text or time that the measurement carries
  std::string why;    // Absent, Failed: a phrase
};

// `failure`: of the template, if it ended at this field.
FieldView view_of(const mapping::FieldTrace& field, const Error* failure);

enum class TemplateState : std::uint8_t { Matched, NoMatch, Failed };
TemplateState state_of(const pipeline::ExplainedTemplate& explained);

// "device", "time", …, a value's name.
std::string label_of(const mapping::FieldTrace& field);
// The failure of the template, if `index` is the field of the measurement at which it ended.
const Error* failure_at(
    const mapping::TemplateTrace& trace, const mapping::MeasurementTrace& measurement, std::size_t index
);
// Where the index-th match is: "$.Body.readings[2]"; nothing where it is in no place of the message.
std::optional<std::string> place_of_match(
    const mapping::TemplateTrace& trace, std::size_t index, const document::Node& root
);

// One message, explained.
struct MessageView {
  const pipeline::Explanation& explanation;
  std::string_view mapping_file;
  std::size_t line = 0;  // of the input; 0: the only message
};
// Several messages, explained as one window; `lines` of the input, 0: the only message.
struct WindowView {
  const pipeline::ExplainedWindow& window;
  std::vector<std::size_t> lines;
};
// Where in the input a node of the body begins (an object or array: its bracket); {0,0} where that is not known. The
// line is that of the input, if it holds one message per line.
Position place_in_message(const MessageView& view, const document::Node& node);
// "dead letter \"unmatched\": …"; empty where it ended in measurements.
std::string end_text(const pipeline::MessageEnd& end);
// ", 2 Observations by sink x".
std::string sinks_text(const std::vector<pipeline::SinkPreview>& sinks);

std::string_view decision_name(pipeline::StoreDecision::Kind kind);
std::string_view apart_name(pipeline::StoreDecision::Apart apart);
// Whether a store that was looked into would make, merge or leave an Observation, and why.
std::string decision_text(const pipeline::StoreDecision& decision, const pipeline::ObservationPreview& of);
// "an hour", "one time".
std::string period_name(std::int64_t interval);

void show_explanation_text(Context& context, const MessageView& view);
// What the sinks would make of the measurements.
void show_observations_text(Context& context, const MessageView& view);
// One of them, element by element; with the slots of what is sampled, if they are asked for.
enum class Slots : std::uint8_t { Left, Told };
void show_observation_text(
    Context& context, const pipeline::SinkPreview& sink, const pipeline::ObservationPreview& one, Slots slots
);
// "measurement 2", "measurements 1, 3".
std::string measurements_text(const std::vector<std::size_t>& all);
void show_explanation_json(Context& context, const MessageView& view);
void show_window_text(Context& context, const WindowView& view);
void show_window_json(Context& context, const WindowView& view);

}  // namespace aorta::cli
