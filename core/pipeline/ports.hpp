// What the engine needs of the world: where records come from, how they become measurements, where groups end, where
// dead letters lie. Plugins stand behind these in a running host; tests and `aorta test` put others there. Their errors
// name them ("sinks.observations: …").
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/fhir/observation_writer.hpp"
#include "core/group/group.hpp"
#include "core/plugin/mapping_job.hpp"
#include "core/plugin/source.hpp"

namespace aorta::pipeline {

// Called on one thread of its own, except cancel() [any].
class SourcePort {
 public:
  virtual ~SourcePort() = default;
  virtual std::string_view name() const = 0;
  // As plugin::Source.
  virtual Result<plugin::Source::State> poll(
      std::vector<plugin::Record>& out, std::uint64_t max_records, std::uint64_t max_bytes,
      std::chrono::milliseconds wait
  ) = 0;
  virtual void settle(std::string_view token, std::int32_t outcome) = 0;
  virtual std::optional<plugin::Source::Progress> progress() const = 0;
  virtual void cancel() = 0;
};

using NormalizeJob = plugin::MappingJob;

// Called on one thread of its own; a pipeline has one port per thread that normalizes.
class NormalizePort {
 public:
  virtual ~NormalizePort() = default;
  // How many batches may be begun before the first of them is finished.
  virtual std::size_t depth() const { return 1; }
  // Takes up a batch, each job as by normalize(). They stay where they are until it is finished.
  virtual void begin(std::span<NormalizeJob> jobs) {
    for (NormalizeJob& job : jobs) {
      if (Result<void> done = normalize(*job.record, *job.out); done.has_error()) job.error = done.error();
    }
  }
  // The batch that was begun first.
  virtual void finish() {}
  // Adds the measurements of one record; those added before a failure stay (device-mapping spec 5.1).
  virtual Result<void> normalize(const plugin::Record& record, mapping::MeasurementSink& out) = 0;
};

// Called on the engine's thread only, as are the dead letters.
class SinkPort {
 public:
  using Endings = std::vector<fhir::Ending>;  // one per measurement of a group, in its order
  virtual ~SinkPort() = default;
  virtual std::string_view name() const = 0;
  // When it returns endings, what they say is durable. A retryable error: the same groups come again; any other ends
  // the pipeline.
  virtual Result<std::vector<Endings>> write(std::span<const group::Group> groups) = 0;
};

// Why a record could not go on, and where that was.
struct Failure {
  std::string reason;   // "normalize/required-value-missing": stage/what
  std::string message;  // one sentence; no payload of a patient
  std::string where;    // template or sink; empty if neither
};

// A record that ends in the dead letters, with everything needed to try it again.
struct Letter {
  std::string_view source;
  const plugin::Record* record = nullptr;
  const Failure* failure = nullptr;
};

class DeadLetterPort {
 public:
  virtual ~DeadLetterPort() = default;
  // Durable once it returns; all or none. A retryable error: the same letters come again; any other ends the pipeline.
  virtual Result<void> add(std::span<const Letter> letters) = 0;
};

// As the engine takes ports: whoever owns them outlives it.
template <class Port>
std::vector<Port*> pointers(const std::vector<std::unique_ptr<Port>>& ports) {
  std::vector<Port*> out;
  for (const auto& port : ports) out.push_back(port.get());
  return out;
}

}  // namespace aorta::pipeline
