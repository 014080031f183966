#include "core/pipeline/observation_preview.hpp"

#include <algorithm>
#include <utility>

#include "core/fhir/observation.hpp"
#include "core/fhir/observation_parts.hpp"
#include "core/fhir/observation_writer.hpp"
#include "core/fhir/overlay_store.hpp"
#include "core/fhir/sampled_data.hpp"
#include "core/fhir/template_places.hpp"
#include "core/group/open_groups.hpp"

namespace aorta::pipeline {
namespace {

using fhir::Ending;
using fhir::ObservationTemplate;
using fhir::ValueTemplate;
using group::Group;
using group::ObservationGroup;
using Previews = std::vector<ObservationPreview>;

Failure failure_of(const Error& error) { return {std::string(error.reason()), std::string(error.message()), {}}; }

void add_codes(const fhir::Codes& codes, std::vector<std::string>& out) {
  for (const std::optional<fhir::Code>& code : codes) {
    if (code && code->code) out.push_back(*code->code);
  }
}

std::vector<std::string> categories(const ObservationTemplate& made_by) {
  std::vector<std::string> out;
  for (const std::optional<fhir::Category>& category : made_by.category) {
    if (category) add_codes(category->codes, out);
  }
  return out;
}

// The mapping's, and then the type itself (FHIR-mapping spec 5).
std::vector<std::string> codes(const ObservationTemplate& made_by, std::string_view type) {
  std::vector<std::string> out;
  add_codes(made_by.codes, out);
  out.emplace_back(type);
  return out;
}

// Writes group after group as a run does, over what is looked into.
class Trial {
 public:
  Trial(const fhir::ObservationMapping& mapping, const std::optional<LookedInto>& into)
      : into_(into),
        store_(into ? into->store : nullptr),
        writer_(mapping, store_, into ? into->identity : Default()) {}

  // What becomes of each measurement.
  std::vector<Ending> write(const Group& group) {
    store_.forget_searches();
    auto endings = writer_.write(group);
    if (endings.has_value()) return std::move(*endings);
    return std::vector<Ending>(group.measurements.size(), Ending{Ending::Kind::Failed, endings.error(), {}});
  }
  // Of the group that was written last.
  std::optional<StoreDecision> decision(const ObservationGroup& of) const {
    return into_ ? store_decision(of, store_, into_->reader) : std::nullopt;
  }

 private:
  using Default = fhir::IdentityOptions;

  const std::optional<LookedInto>& into_;
  fhir::OverlayStore store_;
  fhir::ObservationWriter writer_;
};

class GroupPreview {
 public:
  GroupPreview(
      const FhirFile& file, const fhir::TemplatePlaces& places, const Group& group, std::size_t number, Previews& out
  )
      : file_(file), places_(places), group_(group), number_(number), out_(out) {}

  void add(Trial& trial) {
    endings_ = trial.write(group_);
    const ObservationTemplate* made_by = file_.mapping.find(group_.first().type);
    if (!made_by) return add_refused(nullptr);
    auto groups = group::make_observation_groups(group_, made_by->period_interval);
    if (groups.has_error()) return add_refused(made_by);
    for (const ObservationGroup& one : *groups) add_one(*made_by, one, trial);
  }

 private:
  ObservationPreview started(const ObservationTemplate* made_by, std::size_t measurement) const {
    ObservationPreview out;
    out.group = number_;
    out.type = group_.first().type;
    if (made_by) {
      out.position = made_by->position;
      out.period_interval = made_by->period_interval;
    }
    const Ending& ending = endings_[measurement];
    if (ending.kind == Ending::Kind::Failed) out.refused = failure_of(ending.error);
    return out;
  }

  void add_refused(const ObservationTemplate* made_by) {
    ObservationPreview out = started(made_by, 0);
    for (const group::Member& m : group_.measurements) out.measurements.push_back(m.record);
    for (const group::Member& m : group_.replaced) out.measurements.push_back(m.record);
    std::sort(out.measurements.begin(), out.measurements.end());
    out_.push_back(std::move(out));
  }

  void add_one(const ObservationTemplate& made_by, const ObservationGroup& one, const Trial& trial) {
    ObservationPreview out = started(&made_by, one.measurements.front());
    out.start = one.boundary.start;
    out.end = one.boundary.end;
    out.measurements = measurements_of(one);
    out.elements = elements_of(made_by, one);
    auto made = fhir::create_observation(made_by, one);
    if (made.has_value() && !out.refused) out.json = std::move(*made);
    if (!out.refused) out.stored = trial.decision(one);
    out_.push_back(std::move(out));
  }

  std::vector<std::size_t> measurements_of(const ObservationGroup& one) const {
    std::vector<std::size_t> out;
    for (std::size_t i : one.measurements) {
      out.push_back(group_.measurements[i].record);
      for (const group::Member& m : group_.replaced) {
        if (m.occurred.ticks == group_.measurements[i].occurred.ticks) out.push_back(m.record);
      }
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  // Elements -----------------------------------------------------------------------------------------------------
  std::vector<PreviewedElement> elements_of(const ObservationTemplate& made_by, const ObservationGroup& one) const {
    std::vector<PreviewedElement> out;
    if (!made_by.category.empty()) {
      out.push_back(element(made_by, "category", "category"));
      out.back().texts = categories(made_by);
    }
    out.push_back(element(made_by, "code", "codes"));
    out.back().texts = codes(made_by, one.name);
    out.push_back(element(made_by, "effectivePeriod", "periodInterval"));
    out.back().texts = {iso_text(one.boundary.start), iso_text(one.boundary.end)};
    if (made_by.value) {
      out.push_back(element(made_by, "value" + std::string(fhir::kind_name(made_by.value->kind)), "value"));
      take(out.back(), *made_by.value, one);
    }
    if (made_by.components) add_components(made_by, one, out);
    return out;
  }

  void add_components(
      const ObservationTemplate& made_by, const ObservationGroup& one, std::vector<PreviewedElement>& out
  ) const {
    for (std::size_t i = 0; i < made_by.components->size(); ++i) {
      const auto& component = (*made_by.components)[i];
      out.push_back(element(made_by, "component", "components", i));
      if (component && component->value) take(out.back(), *component->value, one);
    }
  }

  PreviewedElement element(
      const ObservationTemplate& made_by, std::string name, std::string member,
      std::optional<std::size_t> index = std::nullopt
  ) const {
    Position position = places_.find(made_by.position, member, index);
    std::string item = index ? "[" + std::to_string(*index) + "]" : "";
    PreviewedElement out;
    out.element = std::move(name);
    out.made_of = std::move(member) + item;
    out.position = position;
    return out;
  }

  void take(PreviewedElement& out, const ValueTemplate& value, const ObservationGroup& one) const {
    out.value = value.name.value_or(std::string());
    const group::Series* series = one.find(out.value);
    out.present = series != nullptr;
    if (!series) return;
    for (const group::TimedValue& timed : series->values) {
      out.texts.push_back(timed.text.data() ? std::string(timed.text) : std::string("null"));
      out.measurements.push_back(measurement_at(timed.time, one));
    }
    out.samples = samples_of(out, value, *series, one.boundary);
  }

  // Nothing where its slots cannot be counted: the Observation is refused then.
  static std::optional<PreviewedSamples> samples_of(
      const PreviewedElement& element, const ValueTemplate& value, const group::Series& series,
      const group::Boundary& period
  ) {
    if (value.kind != fhir::ValueKind::SampledData || !value.default_period) return std::nullopt;
    auto step = fhir::step_ticks(*value.default_period);
    if (step.has_error() || *step <= 0 || period.end < period.start) return std::nullopt;
    PreviewedSamples out{period.start, *step, fhir::slot_of(period.end, period.start, *step) + 1, {}};
    for (std::size_t i = 0; i < series.values.size(); ++i) {
      DateTime time = series.values[i].time;
      out.used.push_back({fhir::slot_of(time, period.start, *step), time, element.texts[i], element.measurements[i]});
    }
    for (std::size_t i = out.used.size(); i-- > 1;) {
      PreviewedSample& before = out.used[i - 1];
      const PreviewedSample& after = out.used[i];
      if (before.slot == after.slot) before.over = after.over.value_or(after.measurement);
    }
    return out;
  }

  std::size_t measurement_at(DateTime time, const ObservationGroup& one) const {
    auto at_time = [&](std::size_t i) { return group_.measurements[i].occurred.ticks == time.ticks; };
    auto found = std::find_if(one.measurements.begin(), one.measurements.end(), at_time);
    return group_.measurements[found == one.measurements.end() ? one.measurements.front() : *found].record;
  }

  const FhirFile& file_;
  const fhir::TemplatePlaces& places_;
  const Group& group_;
  const std::size_t number_;
  Previews& out_;
  std::vector<Ending> endings_;
};

// What the later one writes into slots of the earlier one: merging takes slots for times.
void write_over(ObservationPreview& earlier, const ObservationPreview& later) {
  for (PreviewedElement& element : earlier.elements) {
    auto same = std::find_if(later.elements.begin(), later.elements.end(), [&](const PreviewedElement& other) {
      return other.made_of == element.made_of && other.samples;
    });
    if (!element.samples || same == later.elements.end() || same->samples->start != element.samples->start) continue;
    for (PreviewedSample& one : element.samples->used) {
      for (const PreviewedSample& other : same->samples->used) {
        if (other.slot == one.slot && !other.over) one.over = other.measurement;
      }
    }
  }
}

void find_joins(Previews& all) {
  auto same_id = [](const ObservationPreview& a, const ObservationPreview& b) {
    return a.stored && b.stored && a.stored->id == b.stored->id;
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t earlier = 0; earlier < i; ++earlier) {
      if (!same_id(all[earlier], all[i])) continue;
      if (!all[i].joins) all[i].joins = earlier;
      write_over(all[earlier], all[i]);
    }
  }
}

}  // namespace

Previews preview_observations(
    const FhirFile& file, std::vector<mapping::Measurement> measurements, const std::optional<LookedInto>& into
) {
  for (std::size_t i = 0; i < measurements.size(); ++i) measurements[i].record = i;
  Previews out;
  fhir::TemplatePlaces places(file.text);
  Trial trial(file.mapping, into);
  std::size_t number = 0;
  for (const Group& group : group::make_groups(measurements))
    GroupPreview(file, places, group, number++, out).add(trial);
  find_joins(out);
  return out;
}

}  // namespace aorta::pipeline
