// What the tests of Observations share.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/fhir/identities.hpp"
#include "core/fhir/observation.hpp"
#include "core/fhir/observation_mapping.hpp"
#include "core/fhir/resource_id.hpp"
#include "core/group/group.hpp"

namespace aorta::fhir::testing {

inline DateTime at(std::string_view text) { return *detect_date(text).date; }

// A mapping of one template, from the members of its body after typeName "hr" and codes.
inline ObservationMapping mapping_with(std::string_view members) {
  return ObservationMapping::load(
      R"({"templateType":"CollectionFhir","template":[{"templateType":"CodeValueFhir","template":{"typeName":"hr","codes":[{"system":"http://loinc.org","code":"8867-4"}],)" +
      std::string(members) + "}}]}"
  );
}

inline mapping::Measurement reading(std::string_view time, std::string_view name, std::string value) {
  mapping::Measurement m;
  m.type = "hr";
  m.device = "cuff-1";
  m.patient = "mrn-1";
  m.occurred = at(time);
  m.values.push_back({std::string(name), std::move(value)});
  return m;
}

// An observation group of one series, and what it lives in. Times and texts in pairs; no value: an empty series.
class OneSeries {
 public:
  using Values = std::vector<std::pair<DateTime, std::string>>;

  OneSeries(std::string type, group::Boundary boundary, std::string name, Values values)
      : type_(std::move(type)), name_(std::move(name)), texts_(std::move(values)) {
    for (const auto& [time, text] : texts_) values_.push_back({time, text});
    series_ = {name_, values_};
    group_ = {type_, boundary, "20240305100000Z.20240305100000Z", {&series_, 1}, {}};
  }
  OneSeries(const OneSeries&) = delete;
  OneSeries& operator=(const OneSeries&) = delete;
  operator const group::ObservationGroup&() const { return group_; }

 private:
  std::string type_, name_;
  Values texts_;
  std::vector<group::TimedValue> values_;
  group::Series series_;
  group::ObservationGroup group_;
};

// An Observation's name, and what it lives in.
class Named {
 public:
  Named(Identities links, const group::ObservationGroup& group)
      : links_(std::move(links)),
        identifier_(observation_identifier(links_.patient, links_.device, group.name, group.id_segment)),
        id_(resource_id(identifier_)) {}
  Named(const Named&) = delete;
  Named& operator=(const Named&) = delete;
  const NewObservation* get() const { return &as_; }

 private:
  Identities links_;
  Identifier identifier_;
  std::string id_;
  NewObservation as_{
      links_.patient, links_.device, links_.encounter, id_, identifier_.value, "2024-03-05T10:00:01.0000000Z"};
};

}  // namespace aorta::fhir::testing
