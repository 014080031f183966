// Observation groups found, merged or created, and saved: a whole flush in as few journeys to the store as can be.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/fhir/observation_printer.hpp"
#include "core/fhir/observation_writer.hpp"
#include "core/fhir/save_rounds.hpp"

namespace aorta::fhir {

// One observation group on its way into the store. What it points to outlives the save.
struct ObservationJob {
  const ObservationTemplate* made_by = nullptr;
  const group::ObservationGroup* group = nullptr;
  const Identities* links = nullptr;  // resolved
  // What became of it: never an error of the store as a whole. Reasons carry their stage.
  std::optional<Result<Ending::Kind>> outcome = {};
};

// Not thread-safe.
class ObservationSaver final : SaveRounds {
 public:
  ObservationSaver(Store& store, WriteCounts& counts, int tries) : SaveRounds(store, tries), counts_(counts) {}

  // Fails as a whole only with what concerns the store (write_errors.hpp).
  Result<void> save(std::span<ObservationJob> jobs);

 private:
  bool has_ended(std::size_t job) const override { return jobs_[job].outcome.has_value(); }
  bool is_meant(std::size_t job, const Resource& found) const override;
  std::optional<std::string> create(std::size_t job) override;
  std::optional<std::string> merge(std::size_t job, const Resource& existing) override;
  void end_saved(std::size_t job, const Resource& saved, bool created) override;
  void end_failed(std::size_t job, const Error& error) override;
  Error multiple_found(std::size_t count) const override;

  WriteCounts& counts_;
  std::span<ObservationJob> jobs_;  // of the save that runs
  std::string issued_;
  std::vector<Query> queries_;
  ObservationPrinter printer_;
};

}  // namespace aorta::fhir
