#include <ostream>
#include <set>

#include "core/base/units.hpp"
#include "core/cli/explain_layout.hpp"
#include "core/cli/explain_view.hpp"
#include "core/mapping/near_miss_text.hpp"

namespace aorta::cli {
namespace {

using observe::Style;
using pipeline::ObservationPreview;
using pipeline::PreviewedElement;
using pipeline::PreviewedSample;
using pipeline::PreviewedSamples;
using pipeline::SinkPreview;

constexpr std::size_t kIndent = 4;
constexpr std::size_t kElementWidth = 20;
constexpr std::size_t kValueWidth = 26;
constexpr std::size_t kObservationsShown = 8;
constexpr std::size_t kSlotsShown = 12;
constexpr std::size_t kSlotWidth = 10;
constexpr std::int64_t kTicksPerMillisecond = 10'000;

// "1m", "33.3329ms".
std::string step_text(std::int64_t ticks) {
  if (ticks % kTicksPerMillisecond == 0) return duration_text(std::chrono::milliseconds(ticks / kTicksPerMillisecond));
  std::string fraction = std::to_string(kTicksPerMillisecond + ticks % kTicksPerMillisecond).substr(1);
  return std::to_string(ticks / kTicksPerMillisecond) + "." + fraction.substr(0, fraction.find_last_not_of('0') + 1) +
         "ms";
}

class ObservationText {
 public:
  ObservationText(Context& context, const SinkPreview& sink, Slots slots)
      : layout_(context.out, context.out_terminal), sink_(sink), slots_(slots) {}

  void show() {
    for (std::size_t i = 0; i < sink_.observations.size(); ++i) {
      if (i < kObservationsShown || sink_.observations[i].refused) show(sink_.observations[i]);
    }
    if (sink_.observations.size() > kObservationsShown)
      layout_.row(0, "… " + std::to_string(sink_.observations.size()) + " in all; --format json tells them all");
  }

  void show(const ObservationPreview& one) {
    std::string text = "sink " + sink_.sink + ", of " + measurements_text(one.measurements);
    layout_.row(0, {{"→ Observation  ", Style::Bold}, {padded(one.type, 12)}}, text);
    for (const PreviewedElement& element : one.elements) show_element(one, element);
    if (one.stored && !sink_.store.empty())
      layout_.row(kIndent, {{"stored: ", observe::Style::Bold}}, decision_text(*one.stored, one) + "  " + sink_.store);
    if (!one.refused) return;
    layout_.row(
        kIndent, {{"refused: ", Style::Red}}, "dead letter \"" + one.refused->reason + "\": " + one.refused->message
    );
  }

 private:
  void show_element(const ObservationPreview& one, const PreviewedElement& element) {
    layout_.row(
        kIndent, {{padded(element.element, kElementWidth)}, {padded(value_text(element), kValueWidth)}},
        "← " + origin(one, element) + "  " + place(element)
    );
    if (slots_ == Slots::Told && element.samples) show_slots(*element.samples);
  }

  // Slot by slot; what another value writes over stands before it.
  void show_slots(const PreviewedSamples& samples) {
    std::set<std::int64_t> used;
    for (const PreviewedSample& one : samples.used) {
      used.insert(one.slot);
      if (used.size() > kSlotsShown) continue;
      std::string text =
          "\"" + mapping::shortened(one.text) + "\" of measurement " + std::to_string(one.measurement + 1);
      if (one.over) text += ", written over by measurement " + std::to_string(*one.over + 1);
      layout_.row(
          2 * kIndent, {{padded("slot " + std::to_string(one.slot + 1), kSlotWidth)}, {padded(iso_text(one.time), 22)}},
          text
      );
    }
    std::string all =
        counted(static_cast<std::size_t>(samples.slots), "slot", "slots") + " of " + step_text(samples.step);
    std::string more = used.size() > kSlotsShown ? "; --format json tells those that are not shown" : "";
    std::int64_t empty = samples.slots - static_cast<std::int64_t>(used.size());
    layout_.row(2 * kIndent, all + ", " + std::to_string(empty) + " of them \"E\": nothing was measured" + more);
  }

  static std::string value_text(const PreviewedElement& element) {
    if (!element.present) return "— (not measured)";
    if (element.element == "effectivePeriod") return element.texts.front();
    if (element.value.empty()) return joined(element.texts);
    std::string out = element.texts.empty() ? "" : "\"" + mapping::shortened(element.texts.front()) + "\"";
    return element.texts.size() > 1 ? out + " and " + std::to_string(element.texts.size() - 1) + " more" : out;
  }

  static std::string origin(const ObservationPreview& one, const PreviewedElement& element) {
    if (element.element == "effectivePeriod") return element.made_of + ": " + period_name(one.period_interval);
    if (element.element == "code") return element.made_of + " and the type";
    if (element.value.empty()) return element.made_of;
    std::string out = element.made_of + " takes \"" + element.value + "\"";
    return element.measurements.empty() ? out : out + " of " + measurements_text(element.measurements);
  }
  std::string place(const PreviewedElement& element) const {
    return element.position.line > 0 ? sink_.file + ":" + std::to_string(element.position.line) : sink_.file;
  }

  Layout layout_;
  const SinkPreview& sink_;
  const Slots slots_;
};

}  // namespace

std::string period_name(std::int64_t interval) {
  switch (interval) {
    case 0:
      return "one time";
    case 60:
      return "an hour";
    case 1440:
      return "a day";
    case -1:
      return "a correlation id";
    default:
      return std::to_string(interval) + " minutes";
  }
}

void show_observations_text(Context& context, const MessageView& view) {
  for (const SinkPreview& sink : view.explanation.sinks) ObservationText(context, sink, Slots::Left).show();
}

void show_observation_text(Context& context, const SinkPreview& sink, const ObservationPreview& one, Slots slots) {
  ObservationText(context, sink, slots).show(one);
}

std::string measurements_text(const std::vector<std::size_t>& all) {
  std::vector<std::string> numbers;
  for (std::size_t i : all) numbers.push_back(std::to_string(i + 1));
  return (all.size() == 1 ? "measurement " : "measurements ") + joined(numbers);
}

std::string sinks_text(const std::vector<SinkPreview>& sinks) {
  std::string out;
  for (const SinkPreview& sink : sinks) {
    std::size_t refused = 0;
    for (const ObservationPreview& one : sink.observations) refused += one.refused ? 1 : 0;
    std::size_t made = sink.observations.size() - refused;
    if (made > 0) out += ", " + counted(made, "Observation", "Observations") + " by sink " + sink.sink;
    if (refused > 0) out += ", " + std::to_string(refused) + " refused by sink " + sink.sink;
  }
  return out;
}

}  // namespace aorta::cli
