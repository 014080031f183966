// A device mapping whose templates live in a process of their own: bodies go there, measurements come back.
#pragma once

#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/mapping/device_mapping.hpp"
#include "core/plugin/mapping_job.hpp"
#include "core/plugin/registry.hpp"
#include "core/plugin/worker/keeper.hpp"

namespace aorta::plugin::worker {

// Takes apart what came of records. Its memory is used again.
class OutcomeReader {
 public:
  // Of all `jobs`. Nothing is believed, nor handed on, of what is not well-formed as a whole: false.
  bool take(std::string_view outcomes, std::span<MappingJob> jobs);

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

  // How many batches may be begun before the first of them is finished. Each of both sides then has something to do
  // while the other one works.
  static constexpr std::size_t kDepth = Box::kSlots;
  // Sends a batch to the worker, where that goes without waiting. The jobs stay where they are until it is finished.
  void begin(std::span<MappingJob> jobs);
  // All jobs of the batch that was begun first. What the worker falls over is found and fails alone: "plugin/crashed",
  // "plugin/timed-out". After too many falls all fail: "plugin/quarantined".
  void finish();

 private:
  // Whether the worker had these jobs alone.
  enum class Company : std::uint8_t { None, Others };

  IsolatedMapping(Hello hello, Surroundings surroundings, std::shared_ptr<Falls> falls);
  void read_greeting(Reader& greeting);
  std::string name(std::uint32_t part) const;
  bool post(std::span<MappingJob> jobs);
  void normalize(std::span<MappingJob> jobs, bool trust_place);
  void take(Result<std::string_view> answer, std::span<MappingJob> jobs, bool trust_place, Company company);
  void divide(std::span<MappingJob> jobs, bool trust_place);
  Result<std::string_view> ask(std::span<MappingJob> jobs);

  mapping::DeviceMapping description_;
  Keeper keeper_;
  std::deque<std::span<MappingJob>> begun_;  // of which the keeper has posted the first
  std::string request_;
  OutcomeReader outcomes_;
};

}  // namespace aorta::plugin::worker
