#include "core/fhir/vital_signs.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "core/base/letter_case.hpp"

namespace aorta::fhir {
namespace {

constexpr std::string_view kLoinc = "http://loinc.org";
constexpr std::string_view kUcum = "http://unitsofmeasure.org";
constexpr std::string_view kCategorySystem = "http://terminology.hl7.org/CodeSystem/observation-category";
constexpr std::string_view kCategory = "vital-signs";

constexpr std::string_view kBloodPressure = "85354-9";
constexpr std::array<std::string_view, 2> kPressures = {"8480-6", "8462-4"};

struct VitalSign {
  std::string_view code;                       // of LOINC
  std::string_view name;                       // for messages
  std::array<std::string_view, 3> units = {};  // of UCUM; none: a panel, or any
  std::string_view demands = {};               // another code that has to stand beside it
};
constexpr std::array kVitalSigns = {
    VitalSign{"8867-4", "heart rate", {"/min"}},
    VitalSign{"9279-1", "respiratory rate", {"/min"}},
    VitalSign{"2708-6", "oxygen saturation", {"%"}},
    VitalSign{"59408-5", "oxygen saturation", {"%"}, "2708-6"},
    VitalSign{"8310-5", "body temperature", {"Cel", "[degF]"}},
    VitalSign{"8302-2", "body height", {"cm", "[in_i]"}},
    VitalSign{"9843-4", "head circumference", {"cm", "[in_i]"}},
    VitalSign{"29463-7", "body weight", {"kg", "g", "[lb_av]"}},
    VitalSign{"39156-5", "body mass index", {"kg/m2"}},
    VitalSign{kBloodPressure, "blood pressure"},
    VitalSign{"55284-4", "blood pressure", {}, kBloodPressure},
    VitalSign{"8480-6", "systolic blood pressure", {"mm[Hg]"}},
    VitalSign{"8462-4", "diastolic blood pressure", {"mm[Hg]"}},
    VitalSign{"8478-0", "mean blood pressure", {"mm[Hg]"}},
    VitalSign{"85353-1", "vital signs panel"},
};

struct Spelling {
  std::string_view text;  // letter case ignored
  std::string_view code;
};
constexpr std::array kSpellings = {
    Spelling{"bpm", "/min"},
    Spelling{"1/min", "/min"},
    Spelling{"beats/min", "/min"},
    Spelling{"beats/minute", "/min"},
    Spelling{"{beats}/min", "/min"},
    Spelling{"breaths/min", "/min"},
    Spelling{"breaths/minute", "/min"},
    Spelling{"{breaths}/min", "/min"},
    Spelling{"percent", "%"},
    Spelling{"°C", "Cel"},
    Spelling{"C", "Cel"},
    Spelling{"degC", "Cel"},
    Spelling{"Celsius", "Cel"},
    Spelling{"°F", "[degF]"},
    Spelling{"F", "[degF]"},
    Spelling{"degF", "[degF]"},
    Spelling{"Fahrenheit", "[degF]"},
    Spelling{"mmHg", "mm[Hg]"},
    Spelling{"mm Hg", "mm[Hg]"},
    Spelling{"lb", "[lb_av]"},
    Spelling{"lbs", "[lb_av]"},
    Spelling{"in", "[in_i]"},
    Spelling{"inch", "[in_i]"},
    Spelling{"inches", "[in_i]"},
    Spelling{"kg/m²", "kg/m2"},
    Spelling{"kg/m^2", "kg/m2"},
};

using Units = std::span<const std::string_view>;

Units units_of(const VitalSign& sign) {
  auto end = std::find(sign.units.begin(), sign.units.end(), std::string_view());
  return {sign.units.begin(), static_cast<std::size_t>(end - sign.units.begin())};
}

const VitalSign* vital_sign(std::string_view code) {
  const auto* found =
      std::find_if(kVitalSigns.begin(), kVitalSigns.end(), [&](const VitalSign& s) { return s.code == code; });
  return found == kVitalSigns.end() ? nullptr : found;
}

bool is(const std::optional<Code>& code, std::string_view system, std::string_view wanted) {
  return code && code->system == system && code->code == wanted;
}

bool has(const Codes& codes, std::string_view system, std::string_view wanted) {
  return std::any_of(codes.begin(), codes.end(), [&](const auto& code) { return is(code, system, wanted); });
}

const VitalSign* vital_sign(const Codes& codes) {
  for (const std::optional<Code>& code : codes) {
    if (!code || code->system != kLoinc || !code->code) continue;
    if (const VitalSign* found = vital_sign(*code->code)) return found;
  }
  return nullptr;
}

std::string joined(Units units) {
  std::string out;
  for (std::string_view unit : units) out.append(out.empty() ? "" : ", ").append(unit);
  return out;
}

bool is_vital_signs(const std::optional<Category>& category) {
  return category && has(category->codes, kCategorySystem, kCategory);
}

// Once, whatever the mapping gives beside it.
void complete_category(std::vector<std::optional<Category>>& list) {
  auto first = std::find_if(list.begin(), list.end(), is_vital_signs);
  if (first != list.end()) {
    list.erase(std::remove_if(first + 1, list.end(), is_vital_signs), list.end());
    return;
  }
  Category made;
  made.codes.push_back(Code{std::string(kCategory), std::string(kCategorySystem), "Vital Signs"});
  list.insert(list.begin(), std::move(made));
}

void add_code(Codes& codes, std::string_view code) {
  if (!has(codes, kLoinc, code)) codes.push_back(Code{std::string(code), std::string(kLoinc), std::nullopt});
}

bool is_sampled(const std::optional<ValueTemplate>& value) { return value && value->kind == ValueKind::SampledData; }

class Conforming {
 public:
  explicit Conforming(ObservationTemplate& of) : of_(of) {}

  std::vector<ProfileGap> run() {
    sign_ = has_both_pressures() ? vital_sign(kBloodPressure) : vital_sign(of_.codes);
    if (!sign_) return {outside()};
    of_.profile = Profile::VitalSigns;
    add_code(of_.codes, sign_->demands.empty() ? sign_->code : sign_->demands);
    complete_category(of_.category);
    if (of_.value) fit(*of_.value, *sign_, "value", std::nullopt);
    fit_components();
    of_.gathers_samples = is_sampled(of_.value) || any_component([](const auto& c) { return is_sampled(c.value); });
    if (of_.codes.end() != find_blood_pressure()) demand_pressures();
    return std::move(gaps_);
  }

 private:
  template <class Test>
  bool any_component(Test test) const {
    if (!of_.components) return false;
    return std::any_of(of_.components->begin(), of_.components->end(), [&](const auto& c) { return c && test(*c); });
  }
  bool has_component(std::string_view code) const {
    return any_component([&](const ComponentTemplate& c) { return has(c.codes, kLoinc, code); });
  }
  bool has_both_pressures() const { return has_component(kPressures[0]) && has_component(kPressures[1]); }
  Codes::const_iterator find_blood_pressure() const {
    return std::find_if(of_.codes.begin(), of_.codes.end(), [](const auto& c) {
      return is(c, kLoinc, kBloodPressure);
    });
  }

  ProfileGap outside() const {
    return {
        ProfileGap::Kind::Outside,
        "type \"" + of_.type_name +
            "\" has no LOINC code of a vital sign, such as 8867-4: its Observations are written without the profile",
        "codes", std::nullopt};
  }

  void fit_components() {
    if (!of_.components) return;
    for (std::size_t i = 0; i < of_.components->size(); ++i) {
      std::optional<ComponentTemplate>& component = (*of_.components)[i];
      if (!component || !component->value) continue;
      const VitalSign* sign = vital_sign(component->codes);
      if (sign) fit(*component->value, *sign, "components", i);
    }
  }

  // The profile wants both; a reading that lacks one says so.
  void demand_pressures() {
    for (std::string_view code : kPressures) {
      if (!has_component(code))
        gap("components", std::nullopt,
            "blood pressure needs a component with the LOINC code " + std::string(code) + ": add it");
    }
    if (!of_.components) return;
    for (std::optional<ComponentTemplate>& component : *of_.components) {
      if (component && (has(component->codes, kLoinc, kPressures[0]) || has(component->codes, kLoinc, kPressures[1])))
        component->is_demanded = true;
    }
  }

  void fit(ValueTemplate& value, const VitalSign& sign, std::string_view member, std::optional<std::size_t> index) {
    if (value.kind == ValueKind::SampledData) return;
    std::string what = std::string(sign.name) + " (value \"" + value.name.value_or(std::string()) + "\")";
    if (value.kind != ValueKind::Quantity)
      return gap(member, index, what + " has to be a Quantity or SampledData: change its valueType");
    fit_unit(value, sign, member, index, what);
  }

  void fit_unit(
      ValueTemplate& value, const VitalSign& sign, std::string_view member, std::optional<std::size_t> index,
      const std::string& what
  ) {
    Units allowed = units_of(sign);
    bool ucum = !value.system || *value.system == kUcum;
    std::string_view unit = ucum && value.code ? vital_sign_unit(*value.code) : std::string_view();
    if (unit.empty() && value.unit) unit = vital_sign_unit(*value.unit);
    bool fits = !unit.empty() && (allowed.empty() || std::find(allowed.begin(), allowed.end(), unit) != allowed.end());
    if (!fits) {
      std::string said = value.code ? *value.code : value.unit.value_or(std::string());
      std::string wrong = said.empty() ? " has no unit" : " is in \"" + said + "\"";
      return gap(member, index, what + wrong + ": the profile wants the unit " + joined(allowed));
    }
    if (!value.unit) value.unit = std::string(unit);
    value.system = std::string(kUcum);
    value.code = std::string(unit);
  }

  void gap(std::string_view member, std::optional<std::size_t> index, std::string message) {
    gaps_.push_back({ProfileGap::Kind::Breaking, "type \"" + of_.type_name + "\": " + std::move(message), member, index}
    );
  }

  ObservationTemplate& of_;
  const VitalSign* sign_ = nullptr;
  std::vector<ProfileGap> gaps_;
};

}  // namespace

std::string_view vital_sign_unit(std::string_view spelling) {
  for (const VitalSign& sign : kVitalSigns) {
    Units units = units_of(sign);
    auto exact = std::find(units.begin(), units.end(), spelling);
    if (exact != units.end()) return *exact;
  }
  for (const Spelling& known : kSpellings) {
    if (equals_ignoring_case(known.text, spelling)) return known.code;
  }
  return {};
}

std::vector<ProfileGap> conform_to_vital_signs(ObservationTemplate& of) { return Conforming(of).run(); }

}  // namespace aorta::fhir
