// Resources of any type found, composed and saved: a whole flush in as few journeys to the store as can be.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/base/result.hpp"
#include "core/fhir/store.hpp"

namespace aorta::document {
class Document;
}

namespace aorta::fhir {

enum class ResourceEnd : std::uint8_t { Created, Changed, Unchanged, LeftOut };

// One resource on its way into the store.
struct ResourceJob {
  // The whole resource as JSON text under `id`, from what is stored (nullptr: nothing is); nothing: to be left as it
  // is. Called again after each conflict.
  using Compose =
      std::function<Result<std::optional<std::string>>(const std::string& id, document::Document* existing)>;

  std::string type;
  Identifier identifier;  // its own; with an empty value `id` says which one is meant, and it must be there
  std::string id;         // given by save() where there is an identifier: where it stands in the store
  Compose compose;
  // What became of it: never an error of the store as a whole. Reasons: "resource/conflict", "resource/multiple-found",
  // "resource/not-found", "resource/not-json", "resource/store-rejected", and compose's own.
  std::optional<Result<ResourceEnd>> outcome = {};
};

// Rounds of search_all and save_all until every job has its outcome, as ObservationSaver. Not thread-safe.
class ResourceSaver {
 public:
  static constexpr int kTries = 12;

  explicit ResourceSaver(Store& store, int tries = kTries);

  // Fails as a whole only with what concerns the store (write_errors.hpp).
  Result<void> save(std::span<ResourceJob> jobs);

 private:
  struct Attempt {
    ResourceJob* job;
    std::string key;  // type and identifier, or id: jobs of one key take turns
    int conflicts = 0;
    std::optional<Resource> hidden = {};  // stood under the id, and no search found it
  };
  struct Pending {
    Attempt* attempt;
    bool creates;
  };

  static std::vector<Attempt*> next_round(std::vector<Attempt>& attempts);
  Result<void> run_round(std::span<Attempt* const> round);
  Result<void> find(std::span<Attempt* const> round, std::vector<std::vector<Resource>>& found);
  Result<void> read(Attempt& attempt, std::vector<Resource>& found);
  void decide(Attempt& attempt, std::vector<Resource> found);
  void create(Attempt& attempt);
  void merge(Attempt& attempt, const Resource& existing);
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
