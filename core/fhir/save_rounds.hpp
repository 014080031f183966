// Resources found, composed and saved: a whole flush in as few journeys to the store as can be.
#pragma once

#include <cstddef>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/base/result.hpp"
#include "core/fhir/store.hpp"

namespace aorta::fhir {

// Rounds of search_all and save_all until every job has its outcome (FHIR-mapping spec 7). Jobs that mean the same
// resource take turns, in their order: never two of them in one round. Who meets a conflict comes again in the next
// round, after a pause of random length, `tries` times in all. What is composed, and what becomes of a job, is for
// those who derive from this; they know their jobs by their place in the queries. Not thread-safe.
class SaveRounds {
 public:
  SaveRounds(Store& store, int tries);
  SaveRounds(const SaveRounds&) = delete;
  SaveRounds& operator=(const SaveRounds&) = delete;

 protected:
  ~SaveRounds() = default;

  // One job per query. A query's id is the resource's, where this program makes it; with an empty identifier the id
  // says which one is meant. Fails as a whole only with what concerns the store (write_errors.hpp).
  Result<void> run(std::span<const Query> queries);

 private:
  virtual bool has_ended(std::size_t job) const = 0;
  // Searches of some servers find more than was asked for.
  virtual bool is_meant(std::size_t job, const Resource& found) const = 0;
  // The resource as JSON text, under the query's id, or from what is stored. Nothing: the job has ended.
  virtual std::optional<std::string> create(std::size_t job) = 0;
  virtual std::optional<std::string> merge(std::size_t job, const Resource& existing) = 0;
  // How a job ends otherwise. "multiple-found" is among the errors, "not-found" where an id was meant, and those of
  // the store that concern one resource.
  virtual void end_saved(std::size_t job, const Resource& saved, bool created) = 0;
  virtual void end_failed(std::size_t job, const Error& error) = 0;
  virtual Error multiple_found(std::size_t count) const = 0;

  struct Attempt {
    std::size_t job;
    const Query* query;
    int conflicts = 0;
    std::optional<Resource> hidden = {};  // stood under the id, and no search found it
  };
  // A save of this round, and whom it is for.
  struct Pending {
    Attempt* attempt;
    bool creates;
  };

  std::vector<Attempt*> next_round(std::vector<Attempt>& attempts) const;
  Result<void> run_round(std::span<Attempt* const> round, std::span<const Query> queries);
  Result<void> find(
      std::span<Attempt* const> round, std::span<const Query> queries, std::vector<std::vector<Resource>>& found
  );
  Result<void> read(const Attempt& attempt, std::vector<Resource>& found);
  void decide(Attempt& attempt, std::vector<Resource> found);
  void propose_new(Attempt& attempt);
  void propose_change(Attempt& attempt, const Resource& existing);
  Result<void> settle(const Pending& pending, const Result<Resource>& saved);
  Result<void> settle_conflict(const Pending& pending, const Error& error);
  void pause(std::span<Attempt* const> round);

  Store& store_;
  const int tries_;
  std::minstd_rand jitter_;
  std::vector<Save> saves_;                // of this round
  std::unordered_set<std::string> taken_;  // the resources they write over, as type/id
  std::vector<Pending> pending_;
};

}  // namespace aorta::fhir
