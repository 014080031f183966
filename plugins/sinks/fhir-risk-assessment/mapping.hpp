// What a mapping file of fhir-risk-assessment says.
#pragma once

#include <aorta/fhir_types.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace risk_assessment {

// Values below a bound, and not below the one before, score this much; the last band has no bound.
struct ScoreBand {
  std::optional<double> below;
  std::int64_t score = 0;
  static constexpr auto schema = aorta::schema<ScoreBand>(
      aorta::field("below", &ScoreBand::below, "Values below this, and not in a band before; none: all others"),
      aorta::field("score", &ScoreBand::score, "Points").required()
  );
};

struct Input {
  std::string type_name, value_name, label;
  std::string take = "last";
  bool required = true;
  std::vector<ScoreBand> bands;
  static constexpr auto schema = aorta::schema<Input>(
      aorta::field("typeName", &Input::type_name, "Type of the measurements").required(),
      aorta::field("valueName", &Input::value_name, "Name of their value").required(),
      aorta::field("label", &Input::label, "What the rationale calls it; the value's name where it is left out"),
      aorta::field("take", &Input::take, "Which of its values in the window counts").one_of("last", "min", "max"),
      aorta::field("required", &Input::required, "Whether the assessment is preliminary without it"),
      aorta::field("bands", &Input::bands, "What its values score, in rising order").required()
  );
  std::string key() const { return type_name + "." + value_name; }
};

struct RiskBand {
  std::optional<std::int64_t> below, or_input;
  std::string risk;
  std::optional<double> probability;
  bool flag = false;
  static constexpr auto schema = aorta::schema<RiskBand>(
      aorta::field("below", &RiskBand::below, "Total scores below this, and not in a band before; none: all others"),
      aorta::field("orInput", &RiskBand::or_input, "Also where one input alone scores as much"),
      aorta::field("risk", &RiskBand::risk, "prediction.qualitativeRisk")
          .required()
          .one_of("negligible", "low", "moderate", "high", "certain"),
      aorta::field("probability", &RiskBand::probability, "prediction.probabilityDecimal").min(0).max(1),
      aorta::field("flag", &RiskBand::flag, "Whether the patient is flagged")
  );
};

struct Flag {
  aorta::CodeableConcept code;
  std::vector<aorta::CodeableConcept> category;
  static constexpr auto schema = aorta::schema<Flag>(
      aorta::field("code", &Flag::code, "Flag.code").required(),
      aorta::field("category", &Flag::category, "Flag.category")
  );
};

struct Assessment {
  std::string name, per, profile;
  aorta::CodeableConcept code, method, outcome;
  std::vector<Input> inputs;
  std::vector<RiskBand> bands;
  std::optional<Flag> flag;
  static constexpr auto schema = aorta::schema<Assessment>(
      aorta::field("name", &Assessment::name, "Part of its identifier: unique, never to be changed").required(),
      aorta::field(
          "per", &Assessment::per,
          "The window of one assessment: a correlation id, an encounter, an hour or a day (UTC)"
      )
          .required()
          .one_of("session", "encounter", "hour", "day"),
      aorta::field("profile", &Assessment::profile, "A profile for meta.profile"),
      aorta::field("code", &Assessment::code, "RiskAssessment.code"),
      aorta::field("method", &Assessment::method, "RiskAssessment.method"),
      aorta::field("outcome", &Assessment::outcome, "prediction.outcome"),
      aorta::field("inputs", &Assessment::inputs, "The values that are scored").required(),
      aorta::field("bands", &Assessment::bands, "What the total means, in rising order").required(),
      aorta::field("flag", &Assessment::flag, "The Flag of a patient in a band with flag: true")
  );
};

struct Mapping {
  std::vector<Assessment> assessments;
  static constexpr auto schema =
      aorta::schema<Mapping>(aorta::field("assessments", &Mapping::assessments, "The assessments to be made").required()
      );
};

}  // namespace risk_assessment
