// RiskAssessments of scores and thresholds, and Flags of patients who are out of range.
#include <algorithm>
#include <aorta/occasions.hpp>
#include <aorta/plugin.hpp>

#include "mapping.hpp"
#include "score.hpp"

namespace risk_assessment {

using aorta::Gathered;
using aorta::Place;
using aorta::Resource;

constexpr std::string_view kNotMapped = "risk-assessment/type-not-mapped";
constexpr std::string_view kNoSession = "risk-assessment/no-session";
constexpr std::string_view kNotANumber = "risk-assessment/value-not-a-number";
constexpr std::string_view kWithdrawn = "risk-assessment/withdrawn";
constexpr std::string_view kRiskCodes = "http://terminology.hl7.org/CodeSystem/risk-probability";
constexpr std::string_view kAsOf = "as-of";

// What one write() adds to one assessment of a patient, and what came of it.
struct Addition {
  const Gathered* gathered = nullptr;
  Values values = {};
  // After it is composed, from all that is stored too:
  bool flagged = false;
  aorta::Span window = {};
};

void write_prediction(aorta::ResourceWriter& out, const Assessment& assessment, const Score& score) {
  aorta::JsonWriter& json = out.element("prediction");
  json.begin_list("prediction");
  json.begin_object();
  aorta::write_concept(json, "outcome", assessment.outcome);
  if (score.band->probability) json.number("probabilityDecimal", *score.band->probability);
  aorta::write_concept(json, "qualitativeRisk", {{}, {{score.band->risk, std::string(kRiskCodes), {}}}});
  json.text("rationale", score.rationale);
  json.end_object();
  json.end_list();
}

// False: people have withdrawn it.
bool write_assessment(
    const Assessment& assessment, const aorta::Identifier& identifier, Addition& addition, aorta::ResourceWriter& out,
    const aorta::Stored& existing
) {
  const Gathered& gathered = *addition.gathered;
  const Values before = stored_values(existing);
  Values values = before;
  for (const Input& input : assessment.inputs) {
    auto found = addition.values.find(input.key());
    if (found != addition.values.end()) take(values, input, found->second.text, found->second.at);
  }
  Score score = score_of(assessment, values);
  auto status = aorta::next_status(existing["status"].text(), score.complete, values != before);
  if (!status) return false;
  addition.flagged = score.band->flag;
  addition.window = gathered.occasion.window.value_or(aorta::period_with(existing, "occurrencePeriod", gathered.seen));
  out.profile(assessment.profile);
  out.identifier(identifier);
  out.text("status", *status);
  out.code("method", assessment.method);
  out.code("code", assessment.code);
  out.reference("subject", "Patient", gathered.patient);
  out.reference("encounter", "Encounter", gathered.encounter);
  aorta::write_period(out.element("occurrencePeriod"), "occurrencePeriod", addition.window.start, addition.window.end);
  aorta::write_observations(out, "basis", existing["basis"], gathered.observations);
  write_prediction(out, assessment, score);
  write_values(out, values);
  return true;
}

// The Flag tells of the latest window that was assessed: what comes late, or comes again, leaves it as it is. There is
// none until the patient is out of range for the first time.
bool write_flag(
    const Flag& flag, const aorta::Identifier& identifier, const Addition& addition, aorta::ResourceWriter& out,
    const aorta::Stored& existing
) {
  std::string_view status = existing["status"].text();
  std::optional<aorta_time> as_of = existing.time(aorta::extension_of(existing.root(), kAsOf)["valueDateTime"]);
  bool late = as_of && addition.window.start.ticks < as_of->ticks;
  if (late || status == "entered-in-error" || (!existing && !addition.flagged)) return false;
  std::optional<aorta_time> start = existing.time(existing["period"]["start"]);
  std::optional<aorta_time> end = existing.time(existing["period"]["end"]);
  // What the first values of a window had ended, its later ones take up again.
  bool ended_here = end && end->ticks == addition.window.start.ticks;
  bool goes_on = addition.flagged && (status == "active" || ended_here);
  out.identifier(identifier);
  out.text("status", addition.flagged ? "active" : "inactive");
  out.codes("category", flag.category);
  out.code("code", flag.code);
  out.reference("subject", "Patient", addition.gathered->patient);
  out.reference("encounter", "Encounter", addition.gathered->encounter);
  if (goes_on) end = std::nullopt;
  if (addition.flagged && !goes_on) start = addition.window.start, end = std::nullopt;
  if (!addition.flagged && status == "active") end = addition.window.start;
  aorta::write_period(out.element("period"), "period", start, end);
  aorta::JsonWriter& json = out.begin_extensions({kAsOf});
  aorta::begin_extension(json, kAsOf);
  json.text("valueDateTime", aorta::fhir_time(addition.window.start));
  json.end_object();
  json.end_list();
  return true;
}

// One assessment of the mapping in one write().
class AssessmentFlush {
 public:
  AssessmentFlush(const Assessment& assessment, const aorta::Groups& groups, aorta::Endings& endings)
      : assessment_(assessment), groups_(groups), endings_(endings), occasions_(assessment.per) {}

  // `observations`: of the group's measurements, where they are known.
  void take(std::uint64_t g, const aorta::Identity& who, const std::vector<std::string>& observations) {
    aorta::Group group = groups_[g];
    for (const Input& input : assessment_.inputs) {
      if (input.type_name != group.type()) continue;
      for (std::uint64_t m = 0; m < group.size(); ++m) take_value(input, group, who, {g, m}, observations[m]);
    }
  }

  void add_to(std::vector<Resource>& resources) {
    first_ = resources.size();
    for (const auto& [key, gathered] : occasions_.all()) additions_.push_back({&gathered, values_.at(&gathered)});
    for (Addition& addition : additions_) {
      aorta::Identifier identifier = name("risk", *addition.gathered, "." + addition.gathered->occasion.key);
      resources.push_back(
          {"RiskAssessment",
           identifier,
           {},
           [this, identifier, &addition](aorta::ResourceWriter& out, const aorta::Stored& existing) {
             return write_assessment(assessment_, identifier, addition, out, existing);
           }}
      );
    }
  }

  // After the assessments are saved: window by window.
  void add_flags(const std::vector<Resource>& assessments, std::vector<Resource>& flags) {
    first_flag_ = flags.size();
    if (!assessment_.flag) return;
    for (std::size_t i = 0; i < additions_.size(); ++i) {
      if (assessments[first_ + i].saved.as <= aorta::Saved::As::Merged) flags_.push_back(&additions_[i]);
    }
    std::stable_sort(flags_.begin(), flags_.end(), [](const Addition* a, const Addition* b) {
      return a->window.start.ticks < b->window.start.ticks;
    });
    for (const Addition* addition : flags_) {
      aorta::Identifier identifier = name("flag", *addition->gathered, "");
      flags.push_back(
          {"Flag",
           identifier,
           {},
           [this, identifier, addition](aorta::ResourceWriter& out, const aorta::Stored& existing) {
             return write_flag(*assessment_.flag, identifier, *addition, out, existing);
           }}
      );
    }
  }

  void tell(const std::vector<Resource>& assessments, const std::vector<Resource>& flags) {
    for (std::size_t i = 0; i < additions_.size(); ++i) {
      const aorta::Saved& saved = assessments[first_ + i].saved;
      for (const Place& place : additions_[i].gathered->places) {
        if (saved.as == aorta::Saved::As::LeftOut) endings_.left_out(place, kWithdrawn);
        endings_.went_into(place, saved);
      }
    }
    for (std::size_t i = 0; i < flags_.size(); ++i)
      endings_.went_into(flags_[i]->gathered->places, flags[first_flag_ + i].saved);
  }

 private:
  void take_value(
      const Input& input, const aorta::Group& group, const aorta::Identity& who, const Place& place,
      const std::string& observation
  ) {
    aorta::GroupMeasurement measurement = group[place.measurement];
    std::string_view text = aorta::value_of(measurement, input.value_name);
    if (!text.data()) return;
    if (!aorta::decimal(text)) return endings_.left_out(place, kNotANumber);
    const Gathered* gathered = occasions_.add(group, who, place, measurement.occurred, observation);
    if (!gathered) return endings_.left_out(place, kNoSession);
    risk_assessment::take(values_[gathered], input, text, measurement.occurred);
  }

  aorta::Identifier name(const std::string& what, const Gathered& gathered, const std::string& rest) const {
    return {std::string(aorta::kAortaSystem), gathered.patient + "." + what + "." + assessment_.name + rest};
  }

  const Assessment& assessment_;
  const aorta::Groups& groups_;
  aorta::Endings& endings_;
  aorta::Occasions occasions_;
  std::map<const Gathered*, Values> values_;
  std::vector<Addition> additions_;
  std::vector<const Addition*> flags_;  // by window
  std::size_t first_ = 0, first_flag_ = 0;
};

struct Sink {
  static constexpr std::string_view id = "fhir-risk-assessment";
  static constexpr std::string_view summary =
      "FHIR RiskAssessments of scores and thresholds per window, and Flags of patients out of range";
  struct Config {
    aorta::MappingFile<Mapping> mapping;
    std::optional<std::filesystem::path> observations;
  };
  static constexpr auto schema = aorta::schema<Config>(
      aorta::field("mapping", &Config::mapping, "Mapping file: what is scored, and what the score means").required(),
      aorta::field(
          "observations", &Config::observations,
          "FHIR mapping file of the fhir-observation sink whose Observations are the basis"
      )
          .reads_settings()
  );

  Sink(Config config, aorta::Host host) : fhir_(host), mapping_(std::move(config.mapping.content)) {
    check();
    if (config.observations)
      observations_.emplace(host, config.observations->native(), aorta::read_mapping(*config.observations));
  }

  void write(const aorta::Groups& groups, aorta::Results& results) {
    std::vector<aorta::Identity> who = fhir_.identify(groups);
    aorta::Endings endings(groups);
    std::vector<AssessmentFlush> flushes;
    for (const Assessment& one : mapping_.assessments) flushes.emplace_back(one, groups, endings);
    take(groups, who, flushes, endings);
    std::vector<Resource> assessments, flags;
    for (AssessmentFlush& flush : flushes) flush.add_to(assessments);
    fhir_.update(assessments);
    for (AssessmentFlush& flush : flushes) flush.add_flags(assessments, flags);
    fhir_.update(flags);
    for (AssessmentFlush& flush : flushes) flush.tell(assessments, flags);
    endings.tell(results);
  }

 private:
  void take(
      const aorta::Groups& groups, const std::vector<aorta::Identity>& who, std::vector<AssessmentFlush>& flushes,
      aorta::Endings& endings
  ) {
    std::vector<std::vector<std::string>> stored;
    if (observations_) stored = observations_->stored(groups, who, fhir_);
    for (std::uint64_t g = 0; g < groups.size(); ++g) {
      endings.left_out(g, kNotMapped);
      if (who[g].failure) endings.failed(g, *who[g].failure);
      std::vector<std::string> none(groups[g].size());
      for (AssessmentFlush& flush : flushes) {
        if (!who[g].failure) flush.take(g, who[g], observations_ ? stored[g] : none);
      }
    }
  }

  void check() const {
    for (std::size_t i = 0; i < mapping_.assessments.size(); ++i) {
      const Assessment& one = mapping_.assessments[i];
      std::string path = "assessments[" + std::to_string(i) + "]";
      for (std::size_t k = 0; k < i; ++k) {
        if (mapping_.assessments[k].name == one.name)
          throw aorta::WrongMapping(path + ".name", "\"" + one.name + "\" is the name of another assessment");
      }
      if (one.inputs.empty()) throw aorta::WrongMapping(path + ".inputs", "needs at least one input");
      check_bands(one.bands, path + ".bands");
      for (std::size_t k = 0; k < one.inputs.size(); ++k)
        check_bands(one.inputs[k].bands, path + ".inputs[" + std::to_string(k) + "].bands");
      check_flag(one, path);
    }
  }
  template <class Band>
  static void check_bands(const std::vector<Band>& bands, const std::string& path) {
    if (bands.empty()) throw aorta::WrongMapping(path, "needs at least one band");
    for (std::size_t i = 0; i < bands.size(); ++i) {
      std::string at = path + "[" + std::to_string(i) + "]";
      bool last = i + 1 == bands.size();
      if (last != !bands[i].below)
        throw aorta::WrongMapping(
            at, last ? "the last band has no \"below\"; it takes all others"
                     : "needs \"below\": only the last band goes without"
        );
      if (i > 0 && !last && *bands[i].below <= *bands[i - 1].below)
        throw aorta::WrongMapping(at + ".below", "must be more than that of the band before");
    }
  }
  static void check_flag(const Assessment& one, const std::string& path) {
    bool flags = std::any_of(one.bands.begin(), one.bands.end(), [](const RiskBand& band) { return band.flag; });
    if (flags && !one.flag)
      throw aorta::WrongMapping(path, "a band has flag: true, and \"flag\" does not say which Flag");
    if (!flags && one.flag)
      throw aorta::WrongMapping(path + ".flag", "no band has flag: true, so it would never be written");
    if (one.flag && one.flag->code.empty()) throw aorta::WrongMapping(path + ".flag.code", "needs a text or a code");
  }

  aorta::Fhir fhir_;
  Mapping mapping_;
  std::optional<aorta::Observations> observations_;
};

}  // namespace risk_assessment
AORTA_PLUGIN(risk_assessment::Sink)
