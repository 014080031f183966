// Observation groups found, merged or created, and saved: a whole flush in as few journeys to the store as can be.
#pragma once

#include <optional>
#include <random>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/fhir/observation.hpp"
#include "core/fhir/observation_writer.hpp"

namespace aorta::fhir {

// One observation group on its way into the store. What it points to outlives the save.
struct ObservationJob {
  const ObservationTemplate* made_by = nullptr;
  const group::ObservationGroup* group = nullptr;
  const ObservationLinks* links = nullptr;
  // What became of it: never an error of the store as a whole. Reasons carry their stage.
  std::optional<Result<Ending::Kind>> outcome = {};
};

// Rounds of search_all and save_all until every job has its outcome (spec 7). Jobs that mean the same Observation take
// turns, in their order: never two of them in one round. Who meets a conflict comes again in the next round, after a
// pause of random length, `tries` times in all. Not thread-safe.
class ObservationSaver {
 public:
  ObservationSaver(Store& store, WriteCounts& counts, int tries);

  // Fails as a whole only with what concerns the store (write_errors.hpp).
  Result<void> save(std::span<ObservationJob> jobs);

 private:
  struct Attempt {
    ObservationJob* job;
    const Query* query;  // its id is the Observation's, where this program makes it
    int conflicts = 0;
    std::optional<Resource> hidden;  // stood under `id`, and no search found it
  };
  // A save of this round, and whom it is for.
  struct Pending {
    Attempt* attempt;
    bool creates;
  };

  std::vector<Attempt*> next_round(std::vector<Attempt>& attempts) const;
  Result<void> run_round(std::span<Attempt* const> round);
  Result<void> find(std::span<Attempt* const> round, std::vector<std::vector<Resource>>& found);
  void decide(Attempt& attempt, std::vector<Resource> found);
  void create(Attempt& attempt);
  void merge(Attempt& attempt, const Resource& existing);
  Result<void> settle(const Pending& pending, const Result<Resource>& saved);
  Result<void> settle_conflict(const Pending& pending, const Error& error);
  void pause(std::span<Attempt* const> round);

  Store& store_;
  WriteCounts& counts_;
  const int tries_;
  std::minstd_rand jitter_;
  std::vector<Query> queries_;             // of all attempts, in order
  std::vector<Save> saves_;                // of this round
  std::unordered_set<std::string> taken_;  // the ids of the resources they merge into
  std::vector<Pending> pending_;
};

}  // namespace aorta::fhir
