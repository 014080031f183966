// Groups in, Observations saved: the engine behind the host interface observation/1.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/fhir/store.hpp"
#include "core/group/group.hpp"

namespace aorta::fhir {

class ObservationMapping;  // a loaded CollectionFhir document, immutable (observation_mapping.hpp)
struct ObservationTemplate;
struct ObservationLinks;  // observation.hpp
class IdentityResolver;

enum class IdentityMode : std::uint8_t { Create, Lookup, LookupWithEncounter };

struct IdentityOptions {
  IdentityMode mode = IdentityMode::Create;
  std::string default_device_system;  // applies to devices only (spec 8)
};

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
  ObservationWriter(const ObservationMapping& mapping, Store& store, IdentityOptions identity);
  ~ObservationWriter();

  // One Ending per measurement of the group (replaced ones end as Merged by the engine's caller). An error in one
  // observation group does not stop the others. Fails as a whole only with a retryable error: then nothing of the group
  // counts as settled.
  Result<std::vector<Ending>> write(const group::Group& group);

  // One observation group with ids that are already resolved: find, then create or merge (7.). The reasons of its
  // errors carry their stage
  // ("observation/value-not-a-number").
  Result<Ending::Kind> save(
      const ObservationTemplate& made_by, const group::ObservationGroup& group, const ObservationLinks& links
  );

  // The flush was rolled back: what was created in it is gone from memory too. `before` are the counts from before it.
  void rolled_back(const WriteCounts& before);

  const WriteCounts& counts() const { return counts_; }

 private:
  Result<Ending::Kind> save_once(
      const ObservationTemplate& made_by, const group::ObservationGroup& group, const ObservationLinks& links
  );
  Result<Ending::Kind> create(
      const ObservationTemplate& made_by, const group::ObservationGroup& group, const ObservationLinks& links
  );
  Result<Ending::Kind> merge(
      const ObservationTemplate& made_by, const group::ObservationGroup& group, const Resource& existing
  );

  const ObservationMapping& mapping_;
  Store& store_;
  WriteCounts counts_;
  std::unique_ptr<IdentityResolver> identities_;
};

}  // namespace aorta::fhir
