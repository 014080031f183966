// Which Device, Patient and Encounter a measurement belongs to (FHIR-mapping spec, section 8).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/fhir/identity_cache.hpp"
#include "core/fhir/observation_writer.hpp"
#include "core/mapping/measurement.hpp"

namespace aorta::fhir {

// Not thread-safe. Errors: "device-not-found", "patient-not-found", "encounter-not-found", "patient-not-defined",
// "encounter-not-defined", "patient-mismatch", "multiple-found", "device-id-missing", and the store's own.
class IdentityResolver {
 public:
  IdentityResolver(Store& store, IdentityOptions options, WriteCounts& counts);

  Result<Identities> resolve(const mapping::Measurement& of);
  // The same for each in turn, but with as few journeys to the store as can be.
  std::vector<Result<Identities>> resolve_all(std::span<const mapping::Measurement* const> of);
  // After a rollback: what was created may be gone.
  void forget() { cache_.clear(); }

 private:
  // One device that is resolved now. Those of one turn differ in their device ids.
  struct Case {
    const mapping::Measurement* of;
    std::optional<Resource> device = {};             // found by its identifier
    std::string patient = {};                        // ensured
    std::optional<Result<Identities>> outcome = {};  // none yet
    int tries = 0;
    void fail(Error error) { outcome = std::move(error); }
  };
  // Whose turn it is: the first open message of each device, by index.
  std::vector<std::size_t> next_turn(
      std::span<const mapping::Measurement* const> of, const std::vector<std::size_t>& open
  ) const;

  void settle(std::span<Case> cases);
  std::vector<Case*> find_devices(std::span<Case> cases);
  void find_encounters(const std::vector<Case*>& known);
  void ensure_patients(std::span<Case> cases);
  std::vector<Result<std::string>> patients(const std::vector<std::string>& names);
  void ensure_devices(std::span<Case> cases);
  Result<std::optional<Save>> device_save(const Case& one) const;
  Save new_save(std::string_view type, const Identifier& identifier, const std::string& patient) const;
  Result<std::string> found_literally(const std::string& type, const Identifier& identifier, const Error& missing);
  Result<std::string> made(const Save& save, const Identifier& identifier, const Result<Resource>& saved);
  static void try_again(Case& one, const Error& error);

  static std::vector<Case*> open_ones(std::span<Case> cases);
  static Result<std::optional<Resource>> only_one(std::string_view type, Result<std::vector<Resource>> found);
  Identifier device_identifier(const std::string& id) const { return {options_.systems.device, id}; }
  Identifier patient_identifier(const std::string& id) const { return {options_.systems.patient, id}; }
  bool creates() const { return options_.mode == IdentityMode::Create; }

  Store& store_;
  IdentityOptions options_;
  WriteCounts& counts_;
  IdentityCache cache_;
};

}  // namespace aorta::fhir
