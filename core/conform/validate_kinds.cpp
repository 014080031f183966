// Both mappings, alone, against each other and on events (device-mapping spec 10, FHIR-mapping spec 2).
#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/base/blank.hpp"
#include "core/base/decimal.hpp"
#include "core/conform/kinds.hpp"
#include "core/conform/request.hpp"
#include "core/document/convert.hpp"
#include "core/fhir/mapping_match.hpp"
#include "core/fhir/observation.hpp"
#include "core/group/open_groups.hpp"

namespace aorta::conform {
namespace {

using document::Child;
using document::Children;
using document::Kind;
using document::Node;

enum class Level : std::uint8_t { Error, Warning };
enum class Category : std::uint8_t { Normalization, FhirTransformation };

struct Issue {
  Level level;
  Category category;
  std::string message;
  int line = -1;
  std::string alike = message;  // issues that aggregation counts as one have this in common
};

// An event, or with aggregation an issue's text.
struct Outcome {
  std::vector<Issue> issues;
  std::vector<std::string> measurements;  // JSON, as are the observations
  std::vector<std::string> observations;
  int count = 0;  // of the events with the issue's text; 0 without aggregation
};

// JSON

std::string list_json(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ",") + item;
  return "[" + out + "]";
}

std::string issue_json(const Issue& issue) {
  std::string out = "{\"level\":";
  out += issue.level == Level::Error ? "\"ERROR\"" : "\"WARN\"";
  out += ",\"category\":";
  out += issue.category == Category::Normalization ? "\"NORMALIZATION\"" : "\"FHIRTRANSFORMATION\"";
  out += ",\"line\":" + std::to_string(issue.line) + ",\"message\":";
  document::append_json_string(out, issue.message);
  return out + "}";
}

std::string issues_json(const std::vector<Issue>& issues) {
  std::vector<std::string> items;
  for (const Issue& issue : issues) items.push_back(issue_json(issue));
  return list_json(items);
}

std::string outcome_json(const Outcome& outcome) {
  return "{\"issues\":" + issues_json(outcome.issues) + ",\"measurements\":" + list_json(outcome.measurements) +
         ",\"observations\":" + list_json(outcome.observations) + ",\"count\":" + std::to_string(outcome.count) + "}";
}

// Mappings

// Blank text and null hold no mapping, which the reference takes for no fault.
bool holds_mapping(std::string_view text) {
  document::Document file;
  return !is_blank(text) && (file.read_value(text).has_error() || file.root().kind != Kind::Null);
}

// Where the reference's loader itself fails, it tells nothing but this.
std::vector<Issue> load_issues(const std::vector<mapping::Problem>& problems, bool escaped, Category category) {
  std::vector<Issue> out;
  if (escaped) return {{Level::Error, category, problems.back().message}};
  for (const mapping::Problem& problem : problems) {
    out.push_back({Level::Error, category, problem.message, problem.position.line > 0 ? problem.position.line : -1});
  }
  return out;
}

Issue match_issue(const fhir::Mismatch& mismatch) {
  std::string type = "[" + mismatch.type + "]";
  switch (mismatch.kind) {
    case fhir::Mismatch::Kind::NoTemplate:
      return {Level::Warning, Category::FhirTransformation, "No FHIR template has the type " + type + "."};
    case fhir::Mismatch::Kind::UnusedValue:
      return {
          Level::Warning, Category::FhirTransformation,
          "The FHIR template of type " + type + " does not use the value [" + mismatch.value + "]."};
    case fhir::Mismatch::Kind::NotBuildable:
      break;
  }
  return {
      Level::Error, Category::FhirTransformation,
      "The FHIR template of type " + type + " cannot be checked: it has no value, or a component without one."};
}

bool has_error(const std::vector<Issue>& issues) {
  return std::any_of(issues.begin(), issues.end(), [](const Issue& issue) { return issue.level == Level::Error; });
}

// Events

class Measured : public mapping::MeasurementSink {
 public:
  void add(const mapping::MeasurementView& measurement) override {
    mapping::append_json(json.emplace_back(), measurement, std::nullopt);
    measurements.push_back(mapping::own(measurement));
  }
  std::vector<std::string> json;
  std::vector<mapping::Measurement> measurements;
};

// The text of the first Quantity that is no number.
std::string no_number(const fhir::ObservationTemplate& made_by, const mapping::Measurement& measurement) {
  std::vector<const fhir::ValueTemplate*> values;
  if (made_by.value) values.push_back(&*made_by.value);
  if (made_by.components) {
    for (const auto& component : *made_by.components) values.push_back(&*component->value);
  }
  for (const fhir::ValueTemplate* value : values) {
    auto is_meant = [&](const mapping::Value& given) { return given.name == value->name; };
    auto found = std::find_if(measurement.values.begin(), measurement.values.end(), is_meant);
    if (value->kind != fhir::ValueKind::Quantity || found == measurement.values.end()) continue;
    if (!found->text || !parse_decimal(*found->text)) return found->text.value_or(std::string());
  }
  return {};
}

// What the reference's text tells of a measurement that becomes no Observation: names of values are not in it.
std::string told_apart(const Error& error, const fhir::ObservationTemplate* made_by, const mapping::Measurement& of) {
  std::string reason = std::string(error.reason()) + " ";
  if (!made_by) return reason + of.type;
  if (error.reason() == "unsupported-period") return reason + std::to_string(made_by->period_interval);
  if (error.reason() == "value-not-a-number") return reason + no_number(*made_by, of);
  return reason;
}

// A measurement alone, as a group of one.
Result<std::string> observation_of(const mapping::Measurement& measurement, const fhir::ObservationTemplate* made_by) {
  if (!made_by) return Error("no-fhir-template", "No FHIR template has the type [" + measurement.type + "].");
  group::GroupList alone({&measurement, 1});
  AORTA_TRY(groups, group::make_observation_groups(alone.front(), made_by->period_interval));
  return fhir::create_observation(*made_by, groups.front());
}

void add_observation(const mapping::Measurement& measurement, const fhir::ObservationMapping& mapping, Outcome& out) {
  const fhir::ObservationTemplate* made_by = mapping.find(measurement.type);
  Result<std::string> made = observation_of(measurement, made_by);
  if (made.has_value()) return out.observations.push_back(std::move(*made));
  const Error& error = made.error();
  out.issues.push_back(
      {Level::Error, Category::FhirTransformation, std::string(error.message()), -1,
       told_apart(error, made_by, measurement)}
  );
}

// Without the template's name, which the reference's texts lack: aggregation goes by text.
Result<void> normalize_all(const mapping::DeviceMapping& mapping, std::string_view event, Measured& out) {
  document::Document message;
  AORTA_CHECK(message.read_value(event));
  for (const mapping::DeviceMapping::Entry& entry : mapping.templates) AORTA_CHECK(entry.made->apply(message, out));
  return {};
}

Outcome try_event(
    const mapping::DeviceMapping& device, const std::optional<fhir::ObservationMapping>& fhir, std::string_view event
) {
  Outcome out;
  Measured measured;
  Result<void> done = normalize_all(device, event, measured);
  if (done.has_error()) {
    out.issues.push_back({Level::Error, Category::Normalization, std::string(done.error().message())});
  } else if (measured.measurements.empty()) {
    out.issues.push_back({Level::Warning, Category::Normalization, "The event gave no measurement."});
  }
  out.measurements = std::move(measured.json);
  if (!fhir) return out;
  for (const mapping::Measurement& measurement : measured.measurements) add_observation(measurement, *fhir, out);
  return out;
}

// One outcome per text of an issue, in order of first appearance.
std::vector<Outcome> aggregated(const std::vector<Outcome>& events) {
  std::vector<Outcome> out;
  for (const Outcome& event : events) {
    for (const Issue& issue : event.issues) {
      auto is_same = [&](const Outcome& known) { return known.issues.front().alike == issue.alike; };
      auto known = std::find_if(out.begin(), out.end(), is_same);
      if (known == out.end())
        known = out.insert(known, Outcome{.issues = {issue}, .measurements = {}, .observations = {}});
      ++known->count;
    }
  }
  return out;
}

class Validation {
 public:
  Validation(std::string_view device, std::string_view fhir) {
    if (holds_mapping(device)) load_device(device);
    if (holds_mapping(fhir)) load_fhir(fhir);
    if (!device_ || !fhir_) return;
    for (const fhir::Mismatch& mismatch : fhir::mismatches(*device_, *fhir_, fhir::MatchBy::ReferenceValidation))
      issues_.push_back(match_issue(mismatch));
  }

  const std::vector<Issue>& issues() const { return issues_; }

  std::vector<Outcome> run(const Node& events) const {
    std::vector<Outcome> out;
    if (has_error(issues_) || !device_) return out;
    for (Child event : Children(events)) {
      if (event.node->kind == Kind::String) out.push_back(try_event(*device_, fhir_, event.node->text()));
    }
    return out;
  }

 private:
  void add(std::vector<Issue> issues) { issues_.insert(issues_.end(), issues.begin(), issues.end()); }

  void load_device(std::string_view text) {
    mapping::DeviceMapping loaded = load_with_plugins(text);
    add(load_issues(loaded.problems, loaded.escaped, Category::Normalization));
    if (!loaded.escaped) device_ = std::move(loaded);
  }

  void load_fhir(std::string_view text) {
    fhir::ObservationMapping loaded = fhir::ObservationMapping::load(text);
    add(load_issues(loaded.problems(), loaded.escaped(), Category::FhirTransformation));
    if (loaded.is_collection() && !loaded.escaped()) fhir_ = std::move(loaded);
  }

  std::vector<Issue> issues_;
  std::optional<mapping::DeviceMapping> device_;  // faults or not, as far as it could be read
  std::optional<fhir::ObservationMapping> fhir_;
};

}  // namespace

Answer validate(const Node& request) {
  std::string_view device = text_of(request, "deviceMapping");
  std::string_view fhir = text_of(request, "fhirMapping");
  if (is_blank(device) && is_blank(fhir)) return error_answer("validate", "there is no mapping: give one, or both");
  Validation validation(device, fhir);
  std::vector<Outcome> outcomes = validation.run(list_of(request, "documents"));
  if (is_true(document::member(request, "aggregate"))) outcomes = aggregated(outcomes);
  std::vector<std::string> documents;
  for (const Outcome& outcome : outcomes) documents.push_back(outcome_json(outcome));
  return "\"issues\":" + issues_json(validation.issues()) + ",\"documents\":" + list_json(documents);
}

}  // namespace aorta::conform
