// The engine's ports over the simulated world, for one life of the process: once it is dead, they change nothing more.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "core/journal/settlement.hpp"
#include "core/pipeline/journaled_source.hpp"
#include "core/pipeline/ports.hpp"
#include "tests/faults/simulation/world.hpp"

namespace aorta::simulation {

using pipeline::Outcome;

// What the ports of a process share. Outlives them.
struct Life {
  World& world;
  bool dead = false;
  bool ends = false;  // it drains, and has less time than it likes
  // By sink, device, time and type: the place in its source of the last message that was written since the sources
  // were opened.
  std::map<std::pair<std::size_t, std::string>, std::uint64_t> written;
};

// Requests on their way into the journal, as the http source has them.
class Intake : public pipeline::IntakePort {
 public:
  using Recall = std::function<std::optional<std::string>(std::string_view key)>;
  Intake(Life& life, std::size_t source, Recall recall);
  ~Intake() override;

  Result<plugin::Source::State> poll(
      std::vector<plugin::Record>& out, std::vector<plugin::Receipt>& receipts, std::uint64_t max_records,
      std::uint64_t max_bytes, std::chrono::milliseconds wait
  ) override;
  void kept(bool durable) override;
  void cancel() override;

 private:
  void listen();
  void ask(std::shared_ptr<Request> request);
  bool answered_before(Request& request);
  void hand_over(
      Request& request, std::vector<plugin::Record>& out, std::vector<plugin::Receipt>& receipts, pipeline::Credit most
  );
  void answer(Request& request, bool durable);
  void lose_all();

  Life& life_;
  Door& door_;
  const Recall recall_;
  Mutex mutex_;
  Condition arrived_;
  std::deque<std::shared_ptr<Request>> waiting_;  // of the first one, a part may be handed over
  std::vector<std::shared_ptr<Request>> told_;    // handed over whole, and not known to be kept
  std::set<std::string> keys_;                    // of requests under way
  bool cancelled_ = false;
  bool closed_ = false;
  Thread listener_;
};

// Watches what the engine asks of a source and tells it.
class WatchedSource : public pipeline::SourcePort {
 public:
  WatchedSource(Life& life, std::unique_ptr<pipeline::SourcePort> source) : life_(life), source_(std::move(source)) {}
  std::string_view name() const override { return source_->name(); }
  Result<plugin::Source::State> poll(
      std::vector<plugin::Record>& out, std::uint64_t max_records, std::uint64_t max_bytes,
      std::chrono::milliseconds wait
  ) override;
  void settle(std::string_view token, std::int32_t outcome) override;
  std::optional<plugin::Source::Progress> progress() const override { return source_->progress(); }
  void cancel() override { source_->cancel(); }

 private:
  void check_credit(std::uint64_t max_records, std::uint64_t max_bytes) const;
  void take(const plugin::Record& record);

  Life& life_;
  const std::unique_ptr<pipeline::SourcePort> source_;
  std::map<std::string, const Message*, std::less<>> open_;  // by token
  std::uint64_t open_bytes_ = 0;
};

// Reads a topic from its committed position, and commits the prefix that has ended.
class TopicSource : public pipeline::SourcePort {
 public:
  TopicSource(Life& life, std::size_t topic);
  ~TopicSource() override { commit(); }
  std::string_view name() const override { return name_; }
  Result<plugin::Source::State> poll(
      std::vector<plugin::Record>& out, std::uint64_t max_records, std::uint64_t max_bytes,
      std::chrono::milliseconds wait
  ) override;
  void settle(std::string_view token, std::int32_t outcome) override;
  std::optional<plugin::Source::Progress> progress() const override { return std::nullopt; }
  void cancel() override;

 private:
  void commit();
  bool wait_for_messages(std::chrono::milliseconds wait);

  Life& life_;
  Topic& topic_;
  const std::string name_;
  std::uint64_t next_;
  std::uint64_t furthest_ = 0;
  journal::Settlement settlement_;
  Mutex mutex_;
  Condition changed_;
  bool cancelled_ = false;
};

// Makes of a message the measurements of its kind. Batches are worked on when they are begun, or, where it has some
// depth as one whose templates live elsewhere, when they are to be finished.
class Normalizer : public pipeline::NormalizePort {
 public:
  Normalizer(Life& life, std::size_t depth) : life_(life), depth_(depth) {}
  std::size_t depth() const override { return depth_; }
  void begin(std::span<pipeline::NormalizeJob> jobs) override;
  void finish() override;
  Result<void> normalize(const plugin::Record& record, mapping::MeasurementSink& out) override;

 private:
  Life& life_;
  const std::size_t depth_;
  std::deque<std::span<pipeline::NormalizeJob>> begun_;
};

// Stores the last message of each device, time and type, one transaction per call.
class Sink : public pipeline::SinkPort {
 public:
  Sink(Life& life, std::size_t number) : life_(life), number_(number), name_("sink" + std::to_string(number)) {}
  std::string_view name() const override { return name_; }
  Result<std::vector<Endings>> write(std::span<const group::Group> groups) override;

 private:
  Result<void> meet_weather(std::span<const group::Group> groups);
  Result<void> meet_outage();
  Endings write(const group::Group& group);
  fhir::Ending write(const group::Member& member);
  void check(const group::Group& group);
  void check_order(const group::Member& member);

  Life& life_;
  const std::size_t number_;
  const std::string name_;
  SteadyClock::time_point refused_at_{};
};

class Letters : public pipeline::DeadLetterPort {
 public:
  explicit Letters(Life& life) : life_(life) {}
  Result<void> add(std::span<const pipeline::Letter> letters) override;

 private:
  Life& life_;
};

}  // namespace aorta::simulation
