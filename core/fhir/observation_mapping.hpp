// A FHIR mapping (CollectionFhir of CodeValueFhir): how measurements of a type become Observations (FHIR-mapping spec,
// section 1).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/decimal.hpp"
#include "core/mapping/device_mapping.hpp"

namespace aorta::fhir {

struct Code {
  std::optional<std::string> code, system, display;
};
// A null item is fine in the file and an error once an Observation is built from it.
using Codes = std::vector<std::optional<Code>>;

struct Category {
  std::optional<std::string> text;
  Codes codes;
};

enum class ValueKind : std::uint8_t { SampledData, Quantity, String, CodeableConcept };

struct ValueTemplate {
  ValueKind kind = ValueKind::Quantity;
  std::optional<std::string> name;                // of the measurement's property, case-sensitive
  std::optional<std::string> unit, system, code;  // Quantity; SampledData has a unit
  std::optional<Decimal> default_period;          // SampledData, milliseconds
  std::optional<std::string> text;                // CodeableConcept
  std::optional<Codes> codes;                     // CodeableConcept
};

struct ComponentTemplate {
  Codes codes;
  std::optional<ValueTemplate> value;
  bool is_demanded = false;  // by the profile: where its value is absent, it is written with the reason
};

// What Observations conform to beside the mapping.
enum class Profile : std::uint8_t { None, VitalSigns };
// By its name in pipeline files: "vital-signs", "none" or "".
std::optional<Profile> profile_called(std::string_view name);

class ObservationForm;  // observation_form.hpp

struct ObservationTemplate {
  std::string type_name;
  Codes codes;
  std::int64_t period_interval = 0;
  std::vector<std::optional<Category>> category;
  std::optional<ValueTemplate> value;
  std::optional<std::vector<std::optional<ComponentTemplate>>>
      components;     // an empty list differs from none for `aorta validate`
  Position position;  // of its "{" in the file
  std::shared_ptr<const ObservationForm> form =
      {};  // what is the same in all its Observations; every loaded one has it
  Profile profile = Profile::None;
  bool gathers_samples = false;  // with a profile: it has a value of SampledData
};

// Immutable, safe to share between threads.
class ObservationMapping {
 public:
  // Every fault of the file, in order. A mapping with faults must not write; its good templates can be shown.
  // With a profile, its templates are made to conform; what they lack for it is a fault, too.
  static ObservationMapping load(std::string_view text, Profile profile = Profile::None);

  const std::vector<ObservationTemplate>& templates() const { return templates_; }
  const std::vector<mapping::Problem>& problems() const { return problems_; }
  // Templates that the profile says nothing of.
  const std::vector<mapping::Problem>& remarks() const { return remarks_; }
  // The reference's loader itself fails on this file, with no list of faults (1.4, last lines).
  bool escaped() const { return escaped_; }
  // Whether the file holds a list of templates at all, whatever its faults: false after a fault of the root (1.4).
  bool is_collection() const { return is_collection_; }
  // Letter case ignored (1.5). nullptr: none.
  const ObservationTemplate* find(std::string_view type) const;

 private:
  friend class MappingReader;
  bool add(ObservationTemplate made);
  void conform(std::string_view text);

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using ByName = std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>>;

  std::vector<ObservationTemplate> templates_;
  ByName by_name_;      // in upper case
  ByName by_spelling_;  // as the file has it
  std::vector<mapping::Problem> problems_;
  std::vector<mapping::Problem> remarks_;
  bool escaped_ = false;
  bool is_collection_ = false;
};

}  // namespace aorta::fhir
