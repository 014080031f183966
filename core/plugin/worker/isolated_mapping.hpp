// A device mapping whose templates live in a process of their own: bodies go there, measurements come back.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/mapping/device_mapping.hpp"
#include "core/plugin/registry.hpp"
#include "core/plugin/source.hpp"
#include "core/plugin/worker/keeper.hpp"

namespace aorta::plugin::worker {

// One record on its way through a mapping, and what came of it.
struct MappingJob {
  const Record* record = nullptr;
  mapping::MeasurementSink* out = nullptr;
  std::optional<Error> error = {};  // measurements added before it stay (device-mapping spec 5.1)
  bool trailing_text = false;       // text behind the value of the body was ignored
};

// Takes apart what came of records. Its memory is used again.
class OutcomeReader {
 public:
  // Of some of `jobs`, from the first on: of how many. Nothing is believed, nor handed on, of what is not well-formed
  // as a whole: no value.
  std::optional<std::size_t> take(std::string_view outcomes, std::span<MappingJob> jobs);

 private:
  void take_outcome(Reader& in, MappingJob& job);
  void hand_on(std::span<MappingJob> jobs) const;

  std::vector<std::uint32_t> counts_;  // of measurements, per job
  std::vector<mapping::MeasurementView> measurements_;
  std::vector<mapping::ValueView> values_;
};

// On one thread at a time.
class IsolatedMapping {
 public:
  // `text`: of the device mapping. A mapping with problems can be opened: description() has them. Errors: what kept the
  // worker from starting.
  static Result<std::unique_ptr<IsolatedMapping>> open(
      const Registry& registry, std::string_view text, Surroundings surroundings, std::shared_ptr<Falls> falls
  );

  // As load_device_mapping() gives it, but for the templates themselves and their index.
  mapping::DeviceMapping& description() { return description_; }

  // All of them. What the worker falls over is found and fails alone: "plugin/crashed", "plugin/timed-out". After too
  // many falls all fail: "plugin/quarantined".
  void normalize(std::span<MappingJob> jobs);

 private:
  IsolatedMapping(Hello hello, Surroundings surroundings, std::shared_ptr<Falls> falls);
  void read_greeting(Reader& greeting);
  std::string name(std::uint32_t part) const;
  void normalize(std::span<MappingJob> jobs, bool trust_place);
  void divide(std::span<MappingJob> jobs, std::size_t answered, bool trust_place);
  Result<std::string_view> ask(std::span<MappingJob> jobs);
  std::optional<std::size_t> take_part(std::string_view part);

  mapping::DeviceMapping description_;
  Keeper keeper_;
  std::string request_;
  std::span<MappingJob> asked_;  // those that no answer has come to
  OutcomeReader outcomes_;
};

}  // namespace aorta::plugin::worker
