// Which Device, Patient and Encounter a measurement belongs to (FHIR-mapping spec, section 8).
#pragma once

#include <chrono>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/fhir/observation_writer.hpp"
#include "core/mapping/measurement.hpp"

namespace aorta::fhir {

// Resolved FHIR ids; an empty encounter is none.
struct Identities {
  std::string device, patient, encounter;
};

// By device id alone, case-sensitive: while a device is remembered, patient and encounter of its later messages are not
// looked at. Bounded in number and in time since the last use.
class IdentityCache {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kCapacity = 5000;
  static constexpr std::chrono::hours kIdle{2};

  const Identities* find(const std::string& device, Clock::time_point now);
  void remember(const std::string& device, Identities ids, Clock::time_point now);
  void clear();

 private:
  struct Entry {
    std::string device;
    Identities ids;
    Clock::time_point used;
  };
  std::list<Entry> by_use_;  // last used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_device_;
};

// Not thread-safe. Errors: "device-not-found", "patient-not-found", "encounter-not-found", "patient-not-defined",
// "encounter-not-defined", "patient-mismatch", "multiple-found", "device-id-missing", and the store's own.
class IdentityResolver {
 public:
  IdentityResolver(Store& store, IdentityOptions options, WriteCounts& counts);

  Result<Identities> resolve(const mapping::Measurement& of);
  // After a rollback: what was created may be gone.
  void forget() { cache_.clear(); }

 private:
  Result<Identities> look_up(const mapping::Measurement& of);
  Result<Identities> create(const mapping::Measurement& of);
  Result<std::string> ensure_patient(const Identifier& identifier);
  Result<std::string> ensure_device(const Identifier& identifier, const std::string& patient);
  Result<std::string> give_patient(const Resource& device, const std::string& patient);
  Result<std::optional<Resource>> find_one(std::string_view type, const Identifier& identifier);
  Result<std::string> save_new(std::string_view type, const Identifier& identifier, const std::string& patient);
  Identifier device_identifier(const std::string& id) const { return {options_.default_device_system, id}; }

  Store& store_;
  IdentityOptions options_;
  WriteCounts& counts_;
  IdentityCache cache_;
};

}  // namespace aorta::fhir
