#include <ostream>

#include "core/cli/explain_layout.hpp"
#include "core/cli/explain_view.hpp"
#include "core/mapping/near_miss_text.hpp"

namespace aorta::cli {
namespace {

using mapping::Measurement;
using observe::Style;
using pipeline::ExplainedWindow;
using pipeline::ObservationPreview;
using pipeline::SinkPreview;
using pipeline::WindowGroup;

constexpr std::size_t kIndent = 4;
constexpr std::size_t kTypeWidth = 12;
constexpr std::size_t kTimeWidth = 22;
// Of a long window, as many of each kind; --format json tells all.
constexpr std::size_t kMeasurementsShown = 40;
constexpr std::size_t kGroupsShown = 16;

std::string in_quotes(std::string_view text) { return "\"" + mapping::shortened(std::string(text)) + "\""; }

std::string name_text(std::string_view what, const std::optional<std::string>& name) {
  return name && !name->empty() ? ", " + std::string(what) + " " + in_quotes(*name) : "";
}

std::string names_text(const Measurement& m) {
  return "device " + in_quotes(m.device) + name_text("patient", m.patient) + name_text("encounter", m.encounter) +
         name_text("correlation", m.correlation);
}

std::optional<std::string> name_of(const Measurement& m, std::string_view name) {
  if (name == "device") return m.device;
  if (name == "type") return m.type;
  return name == "patient" ? m.patient : name == "encounter" ? m.encounter : m.correlation;
}

std::string name_or_none(const Measurement& m, std::string_view name) {
  auto text = name_of(m, name);
  return text && !text->empty() ? in_quotes(*text) : "none";
}

std::string period_text(const ObservationPreview& one) {
  if (!one.start || !one.end) return period_name(one.period_interval);
  bool moment = *one.start == *one.end;
  return period_name(one.period_interval) + ", " + iso_text(*one.start) + (moment ? "" : " to " + iso_text(*one.end));
}

class WindowText {
 public:
  WindowText(Context& context, const WindowView& view)
      : context_(context), view_(view), window_(view.window), layout_(context.out, context.out_terminal) {}

  void show() {
    show_head();
    for (std::size_t i = 0; i < window_.messages.size(); ++i) show_end(i);
    show_measurements();
    for (std::size_t i = 0; i < std::min(window_.groups.size(), kGroupsShown); ++i) show_group(i);
    if (window_.groups.size() > kGroupsShown) show_more(window_.groups.size(), "groups");
    layout_.row(0, {{"Outcome: ", Style::Bold}}, outcome_text());
  }

 private:
  std::string line_text(std::size_t message) const {
    std::size_t line = message < view_.lines.size() ? view_.lines[message] : 0;
    return line > 0 ? "line " + std::to_string(line) : "the message";
  }
  void show_more(std::size_t all, const char* of) {
    layout_.row(0, "… " + std::to_string(all) + " " + of + " in all; --format json tells them all");
  }

  void show_head() {
    layout_.row(
        0, {{"window", Style::Bold}},
        "  " + counted(window_.messages.size(), "message", "messages") + ", " +
            counted(window_.measurements.size(), "measurement", "measurements") + " in " +
            counted(window_.groups.size(), "group", "groups")
    );
    if (window_.measurements.size() > window_.max_measurements)
      layout_.row(
          kIndent, "warning: a run flushes its window once it holds " + std::to_string(window_.max_measurements) +
                       " measurements (group.max_measurements), and would take these in more than one"
      );
  }

  // Of a message that did not simply give measurements.
  void show_end(std::size_t number) {
    const ExplainedWindow::Message& message = window_.messages[number];
    std::string text = end_text(message);
    if (text.empty()) return;
    if (!message.measurements.empty()) text += "; " + measurements_text(message.measurements) + " before it stay";
    layout_.row(0, {{line_text(number) + "  "}}, text);
  }

  void show_measurements() {
    std::size_t message = 0;
    for (std::size_t i = 0; i < std::min(window_.measurements.size(), kMeasurementsShown); ++i) {
      while (window_.messages[message].measurements.empty() || window_.messages[message].measurements.back() < i)
        ++message;
      show_measurement(i, message);
    }
    if (window_.measurements.size() > kMeasurementsShown) show_more(window_.measurements.size(), "measurements");
  }

  void show_measurement(std::size_t number, std::size_t message) {
    const Measurement& m = window_.measurements[number];
    std::string text = names_text(m);
    for (const mapping::Value& value : m.values)
      text += ", " + value.name + " " + (value.text ? in_quotes(*value.text) : "null");
    layout_.row(
        0,
        {{padded(std::to_string(number + 1), 3)},
         {padded(m.type, kTypeWidth)},
         {padded(iso_text(m.occurred), kTimeWidth)}},
        text + "  " + line_text(message)
    );
  }

  // Groups ------------------------------------------------------------------------------------------------------
  void show_group(std::size_t number) {
    const WindowGroup& group = window_.groups[number];
    const Measurement& first = window_.measurements[group.measurements.front()];
    layout_.row(
        0, {{"group " + std::to_string(number + 1) + "  ", Style::Bold}, {padded(first.type, kTypeWidth)}},
        names_text(first) + ": " + measurements_text(group.measurements)
    );
    show_membership(group);
    for (const SinkPreview& sink : window_.sinks) {
      const ObservationPreview* before = nullptr;
      for (const ObservationPreview& one : sink.observations) {
        if (one.group != number) continue;
        show_observation(sink, one, before);
        before = &one;
      }
    }
  }

  void show_membership(const WindowGroup& group) {
    for (const WindowGroup::LeftOut& one : group.left_out)
      layout_.row(
          kIndent, "measurement " + std::to_string(one.measurement + 1) + " is left out: measurement " +
                       std::to_string(one.by + 1) + " has the same time and was taken in " +
                       (one.by < one.measurement ? "before it" : "later") + ", and counts in its place"
      );
    for (std::size_t alike : group.joined_alike)
      layout_.row(
          kIndent, "measurement " + std::to_string(alike + 1) + " has other names (" +
                       names_text(window_.measurements[alike]) + "), which are the same once they are joined by hyphens"
      );
    if (group.apart) layout_.row(kIndent, apart_text(group));
  }

  std::string apart_text(const WindowGroup& group) const {
    const Measurement& here = window_.measurements[group.measurements.front()];
    const Measurement& there = window_.measurements[window_.groups[group.apart->group].measurements.front()];
    std::string out = "apart from group " + std::to_string(group.apart->group + 1) + ": ";
    for (std::string_view name : group.apart->names) {
      if (out.back() != ' ') out += ", ";
      out += std::string(name) + " " + name_or_none(here, name) + ", there " + name_or_none(there, name);
    }
    return out;
  }

  // Observations ------------------------------------------------------------------------------------------------
  void show_observation(const SinkPreview& sink, const ObservationPreview& one, const ObservationPreview* before) {
    show_observation_text(context_, sink, one, Slots::Told);
    if (one.start) layout_.row(kIndent, "period: " + period_text(one));
    if (before && before->start && one.start)
      layout_.row(
          kIndent, "apart from the one before: " + iso_text(*one.start) + " begins another period than " +
                       iso_text(*before->start)
      );
    if (!one.stored) return;
    layout_.row(kIndent, "identifier: " + one.stored->identifier + ", id " + one.stored->id);
    if (one.joins)
      layout_.row(
          kIndent, "merged into the Observation of " + measurements_text(sink.observations[*one.joins].measurements) +
                       ": it has the same identifier"
      );
  }

  std::string outcome_text() const {
    return counted(window_.messages.size(), "message", "messages") + ", " +
           counted(window_.measurements.size(), "measurement", "measurements") + sinks_text(window_.sinks);
  }

  Context& context_;
  const WindowView& view_;
  const ExplainedWindow& window_;
  Layout layout_;
};

}  // namespace

void show_window_text(Context& context, const WindowView& view) { WindowText(context, view).show(); }

}  // namespace aorta::cli
