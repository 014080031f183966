// Groups in, Observations saved: the engine behind the host interface observation/1.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/fhir/identity_options.hpp"
#include "core/fhir/store.hpp"
#include "core/group/group.hpp"

namespace aorta::fhir {

class ObservationMapping;  // a loaded CollectionFhir document, immutable (observation_mapping.hpp)
struct ObservationTemplate;
struct Identities;  // identities.hpp
class IdentityResolver;
class ObservationSaver;

// What became of one measurement of a group.
struct Ending {
  enum class Kind : std::uint8_t { Written, Merged, Filtered, Failed } kind = Kind::Written;
  Error error;         // Failed; retryable errors make the whole flush come again
  std::string reason;  // Filtered: the rule's name
};

// Counts for the summary of a run.
struct WriteCounts {
  std::uint64_t observations_created = 0, observations_updated = 0, observations_unchanged = 0;
  std::uint64_t devices_created = 0, patients_created = 0;
};

// Resolves identities, builds or merges Observations and saves them. One per sink; not thread-safe.
class ObservationWriter {
 public:
  using Endings = std::vector<Ending>;  // one per measurement of a group
  // How often an Observation is tried that others write at the same time. The reference gives up after the third.
  static constexpr int kTries = 12;

  ObservationWriter(const ObservationMapping& mapping, Store& store, IdentityOptions identity, int tries = kTries);
  ~ObservationWriter();

  // Endings of each group, in order (replaced measurements end as Merged by the engine's caller). The whole flush goes
  // to the store together: identities, then all Observations. An error in one observation group does not stop the
  // others. Fails as a whole only with an error of the store: then nothing counts as settled.
  Result<std::vector<Endings>> write(std::span<const group::Group* const> groups);
  Result<Endings> write(const group::Group& group);

  // One observation group with ids that are already resolved: find, then create or merge (7.). The reasons of its
  // errors carry their stage ("observation/value-not-a-number").
  Result<Ending::Kind> save(
      const ObservationTemplate& made_by, const group::ObservationGroup& group, const Identities& links
  );

  // The flush was rolled back: what was created in it is gone from memory too. `before` are the counts from before it.
  void rolled_back(const WriteCounts& before);

  const WriteCounts& counts() const { return counts_; }

 private:
  struct Share;
  void divide(Share& share, const Result<Identities>& ids);

  const ObservationMapping& mapping_;
  group::ObservationGroups parts_;  // of the flush that is written
  WriteCounts counts_;
  std::unique_ptr<IdentityResolver> identities_;
  std::unique_ptr<ObservationSaver> saver_;
};

}  // namespace aorta::fhir
