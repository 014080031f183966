// A sink plugin as the engine sees it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "aorta/abi/sink.h"
#include "core/base/result.hpp"
#include "core/fhir/observation_writer.hpp"
#include "core/group/group.hpp"
#include "core/plugin/registry.hpp"
#include "core/plugin/surroundings.hpp"

namespace aorta::plugin {

class Instance;

// Where a sink's resources live. The store must outlive the sink; a sink without one cannot use observation/1 and
// fhir/1.
struct Home {
  fhir::Store* store = nullptr;
  fhir::IdentityOptions identity = {};
};

class Sink {
 public:
  // One per measurement of the group, in its order.
  using Endings = std::vector<fhir::Ending>;

  // `config`: canonical JSON. [main] As Source::make.
  static Result<std::unique_ptr<Sink>> make(
      Registry& registry, std::string_view id, std::string_view config, Home home, Surroundings surroundings
  );
  ~Sink();

  // [main] Once, before the first write.
  Result<void> start();
  // [main] After the last write; also without start, and twice.
  Result<void> stop();
  // [data] Endings of each group, in order. A measurement the sink said nothing of ends as Failed, reason
  // "sink-said-nothing". A retryable error: nothing is settled, the same groups are to come again. The caller holds the
  // store's transaction.
  Result<std::vector<Endings>> write(std::span<const group::Group> groups);
  // [data] The last write() failed over what it was given (AORTA_REJECT): fewer groups may pass.
  bool rejected() const { return rejected_; }
  // [data] The store was rolled back after the last write(), whatever that returned: what its Observation engines
  // remember of it is undone.
  void rolled_back();
  // What its Observation engines did so far; zeros for a sink that has none.
  fhir::WriteCounts counts() const;
  // [any]
  void cancel();

 private:
  explicit Sink(std::unique_ptr<Instance> instance);
  std::unique_ptr<Instance> instance_;
  const aorta_sink* api_ = nullptr;
  bool rejected_ = false;
};

}  // namespace aorta::plugin
