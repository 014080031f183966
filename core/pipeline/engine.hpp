// The way of a message: sources → normalization → window → groups → sinks, and back as a settlement. One thread per
// source, one per normalizer, one for everything else.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/patience.hpp"
#include "core/base/threads.hpp"
#include "core/group/open_groups.hpp"
#include "core/pipeline/budget.hpp"
#include "core/pipeline/in_flight.hpp"
#include "core/pipeline/inbox.hpp"
#include "core/pipeline/meters.hpp"
#include "core/pipeline/normalize_pool.hpp"
#include "core/pipeline/ports.hpp"
#include "core/pipeline/source_runner.hpp"

namespace aorta::pipeline {

enum class Unmatched : std::uint8_t { DeadLetter, Filter, Fail };

struct EngineOptions {
  std::uint64_t max_measurements = 300;  // a window is flushed when it holds as many,
  std::chrono::milliseconds max_delay{
      300'000};  // when its first measurement has waited as long, or when sources run out of credit
  Unmatched unmatched = Unmatched::DeadLetter;  // what becomes of a record that no template matches
  Credit limit{.records = 10'000, .bytes = 64 * 1024 * 1024};
  std::uint64_t max_record_bytes = 16 * 1024 * 1024;  // a longer body is a dead letter, "source/record-too-long"
  std::chrono::milliseconds drain_timeout{30'000};    // how long a stop may wait for sinks that are away
  // Of those sinks: a stop ends it with the drain timeout. nullptr: the engine has one of its own.
  std::shared_ptr<Patience> patience = nullptr;
};

// What happened, as of the end of a run.
struct Report {
  Counts counts;
  std::map<std::string, std::uint64_t> dead_letters;  // by reason
  std::map<std::string, std::uint64_t> filtered;      // by rule
  std::uint64_t trailing_text =
      0;                        // messages with text behind their JSON value, which is not read; known to assemblies
  std::vector<Error> failures;  // what ended a source or the pipeline before its time

  // None of the sources' records is on its way any more: another engine may go on with them.
  bool sources_can_go_on() const { return failures.empty() && counts.in_flight == 0; }
};

// Everything a port is called for happens inside run(). The ports outlive the engine.
class Engine {
 public:
  using Warn = std::function<void(std::string_view text)>;

  Engine(
      EngineOptions options, std::vector<SourcePort*> sources, std::vector<NormalizePort*> normalizers,
      std::vector<SinkPort*> sinks, DeadLetterPort& dead_letters, Warn warn
  );
  ~Engine();

  // Until the sources end, stop() was called, or a sink or the dead letters failed for good.
  Report run();
  // [any] Takes nothing more in, brings what is on its way to its end.
  void stop();
  // [any] The same, but the sources stay as they are: another engine can go on with them when run() has returned. Too
  // late where it stops already.
  void pause();

  // [any]
  Counts counts() const { return ledger_.counts(); }
  plugin::Source::Progress progress() const;
  const Meters& meters() const { return meters_; }
  // Of what has ended so far, by reason and by rule.
  struct Reasons {
    std::map<std::string, std::uint64_t> dead_letters, filtered;
  };
  Reasons reasons() const;
  // What the pipeline waits for: why a sink or the dead letters take nothing at the moment; empty: they do.
  std::string trouble() const;
  bool stopping() const { return stopped_; }

 private:
  using Clock = SteadyClock;

  bool begin_to_stop();
  bool has_work() const { return open_sources_ > 0 || !admitted_.empty() || !pool_.idle(); }
  void step();
  void wait_for_more();
  void take(Delivery delivery);
  void admit(std::size_t source, plugin::Record record);
  void queue(InFlight::Id id);
  void begin_batch();
  void feed_pool();
  void collect(NormalizePool::Batch batch);
  void collect(const Normalized& job, std::span<const group::Member> measurements);
  void settle_unmatched(InFlight::Id id);
  bool flush_due() const;
  void flush();
  void note_groups(std::span<const group::Group> groups);
  void note_reason(const EndedRecord& ended);
  void write_to_all(std::span<const group::Group> groups);
  Result<void> write_to_each(std::vector<SinkPort*>& open, std::span<const group::Group> groups);
  // Again and again, while it fails with what may pass.
  template <class Work>
  auto until_done(Work&& work) -> decltype(work());
  void end_groups(
      const SinkPort& sink, std::span<const group::Group> groups, const std::vector<SinkPort::Endings>& endings
  );
  void end_group(const SinkPort& sink, const group::Group& group, const SinkPort::Endings& endings);
  void end_branch(const SinkPort& sink, std::uint64_t record, const fhir::Ending& ending);
  void conclude();
  void conclude_letters();
  Result<void> store_letters(std::span<const EndedRecord> ended);
  void conclude(EndedRecord record, Clock::time_point now);
  void give_up(Error error);
  void set_trouble(std::string_view text);
  bool may_wait(std::chrono::milliseconds pause);
  bool credit_lies_in_window() const;
  Clock::time_point wake_time() const;

  const EngineOptions options_;
  const std::vector<SourcePort*> sources_;
  const std::vector<SinkPort*> sinks_;
  DeadLetterPort& dead_letters_;
  const Warn warn_;

  Ledger ledger_;
  Meters meters_;
  Budget budget_;
  Inbox inbox_;
  InFlight in_flight_;
  std::deque<NormalizePool::Batch> admitted_;  // for the pool, when it has room
  std::uint64_t last_batch_bytes_ = 0;
  NormalizePool pool_;
  std::vector<std::unique_ptr<SourceRunner>> runners_;
  std::vector<NormalizePool::Batch> spare_batches_;
  group::OpenGroups window_;
  Clock::time_point window_opened_{};
  std::vector<EndedRecord> letters_;  // that wait for others to be stored with
  Clock::time_point first_letter_at_{};
  std::size_t open_sources_ = 0;
  Clock::time_point taken_at_{};
  bool given_up_ = false;
  Report report_;
  mutable Mutex told_mutex_;  // of what is told while it runs: the reasons of report_, and:
  std::string trouble_;

  Mutex stop_mutex_;
  Condition stopping_;
  Flag stopped_;
  const std::shared_ptr<Patience> patience_;
};

}  // namespace aorta::pipeline
