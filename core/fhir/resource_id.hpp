// Names that are pure functions of content, so that a record delivered twice meets its own Observation (FHIR-mapping
// spec, section 5).
#pragma once

#include <string>
#include <string_view>

#include "core/base/sha256.hpp"
#include "core/fhir/store.hpp"

namespace aorta::fhir {

// The old service's: code and identifier system of all that it, and its successor, write.
inline constexpr std::string_view kConnectorSystem = "https://azure.microsoft.com/en-us/services/iomt-fhir-connector/";

// Lower-case hex SHA-256 of "<system>_<value>": 64 characters, a valid FHIR id.
std::string resource_id(const Identifier& identifier);
std::string resource_id(std::string_view system, std::string_view value);

// Names the Observations of one device of one patient, from resolved ids. What all these names begin with is digested
// once. [any thread]
class ObservationNamer {
 public:
  ObservationNamer(std::string_view patient_id, std::string_view device_id);

  std::string_view patient() const { return std::string_view(begin_).substr(0, patient_size_); }
  std::string_view device() const {
    return std::string_view(begin_).substr(patient_size_ + 1, begin_.size() - patient_size_ - 2);
  }

 private:
  friend class ObservationNames;

  std::string begin_;  // "<patient>.<device>."
  std::size_t patient_size_;
  Sha256 begun_;  // of the system and begin_
};

// Names one Observation after the other, with what the namers and types given to it stay as long as it lives. What an
// Observation's names share with those of the one before is digested once. Not thread-safe.
class ObservationNames {
 public:
  // The identifier of a period, in the connector's system: "<patient>.<device>.<type>.<segment>". Into `value`,
  // whatever it held; no memory is asked for where it has enough. Gives the id that comes of it.
  Sha256::Hex name(const ObservationNamer& namer, std::string_view type, std::string_view segment, std::string& value);

 private:
  void begin(const ObservationNamer& namer, std::string_view type);

  const ObservationNamer* namer_ = nullptr;
  std::string_view type_;
  std::string begin_;  // "<patient>.<device>.<type>."
  Sha256 begun_;       // of the system and begin_
};

Identifier observation_identifier(
    std::string_view patient_id, std::string_view device_id, std::string_view type, std::string_view segment
);

}  // namespace aorta::fhir
