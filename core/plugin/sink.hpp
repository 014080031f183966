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
  virtual ~Sink();

  // [main] Once, before the first write.
  virtual Result<void> start() = 0;
  // [main] After the last write; also without start, and twice.
  virtual Result<void> stop() = 0;
  // [data] Endings of each group, in order. A measurement the sink said nothing of ends as Failed, reason
  // "sink-said-nothing". A retryable error: nothing is settled, the same groups are to come again. The caller holds the
  // store's transaction.
  virtual Result<std::vector<Endings>> write(std::span<const group::Group> groups) = 0;
  // [any]
  virtual void cancel() = 0;

  // How the last write() failed, where it did. [data]
  enum class Failing : std::uint8_t {
    Whole,   // fewer groups would fail as well
    Groups,  // over what it was given (AORTA_REJECT): fewer groups may pass
    Fallen,  // its process fell: fewer groups may pass, and fewer measurements of one
  };
  Failing failing() const { return failing_; }
  // [data] The store was rolled back after the last write(), whatever that returned: what its Observation engines
  // remember of it is undone.
  void rolled_back();
  // What its Observation engines did so far; zeros for a sink that has none.
  fhir::WriteCounts counts() const;

 protected:
  explicit Sink(std::unique_ptr<Instance> instance);
  // At the beginning of a write().
  void remember_counts();

  std::unique_ptr<Instance> instance_;  // has the engines
  Failing failing_ = Failing::Whole;
};

// Of a group with so many measurements whose sink has not spoken yet.
Sink::Endings unsaid_endings(std::size_t measurements);

}  // namespace aorta::plugin
