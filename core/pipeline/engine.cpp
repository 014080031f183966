#include "core/pipeline/engine.hpp"

#include <algorithm>
#include <bit>
#include <unordered_map>
#include <utility>

#include "core/pipeline/failures.hpp"

namespace aorta::pipeline {
namespace {

using namespace std::chrono_literals;
constexpr auto kIdleWait = 200ms;
constexpr std::chrono::milliseconds kLongestPause = 4s;  // what is mended is taken up within five seconds
constexpr unsigned kToldEvery = 16;                      // tries, at last
// Large enough that handing over costs little, small enough that every thread has something to do.
constexpr std::size_t kBatchRecords = 128;
constexpr std::uint64_t kBatchBytes = 256 * 1024;
// What a sink gets at once of a flush: of a large window, so that it never stands unpacked as a whole.
constexpr std::size_t kSliceMeasurements = 16 * 1024;
// While dead letters are stored everything else stands still: they wait for others or for a lull, but not for long.
constexpr auto kLettersWait = 250ms;
constexpr auto kLull = 5ms;
constexpr std::size_t kLettersAtOnce = 1024;
constexpr std::string_view kNoTemplateMatched = "normalize/no-template-matched";

// An outage of hours leaves a line a minute.
bool is_told(unsigned tried) { return std::has_single_bit(tried) || tried % kToldEvery == 0; }

}  // namespace

Engine::Engine(
    EngineOptions options, std::vector<SourcePort*> sources, std::vector<NormalizePort*> normalizers,
    std::vector<SinkPort*> sinks, DeadLetterPort& dead_letters, Warn warn
)
    : options_(options),
      sources_(std::move(sources)),
      sinks_(std::move(sinks)),
      dead_letters_(dead_letters),
      warn_(std::move(warn)),
      budget_(options.limit, sources_.size()),
      in_flight_(ledger_),
      pool_(std::move(normalizers), [this] { inbox_.wake(); }),
      patience_(options.patience ? options.patience : std::make_shared<Patience>()) {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    runners_.push_back(std::make_unique<SourceRunner>(i, *sources_[i], budget_, inbox_, ledger_));
  }
}

Engine::~Engine() = default;

Report Engine::run() {
  open_sources_ = runners_.size();
  for (auto& runner : runners_) runner->start();
  while (has_work() && !given_up_) step();
  if (!given_up_) flush();
  conclude();
  conclude_letters();
  for (auto& runner : runners_) {
    runner->cancel();
    runner->finish();
  }
  report_.counts = ledger_.counts();
  return report_;
}

void Engine::stop() {
  if (!begin_to_stop()) return;
  for (auto& runner : runners_) runner->cancel();
}

void Engine::pause() {
  if (!begin_to_stop()) return;
  for (auto& runner : runners_) runner->pause();
}

bool Engine::begin_to_stop() {
  {
    std::lock_guard lock(stop_mutex_);
    if (stopped_) return false;
    patience_->end_in(options_.drain_timeout);
    stopped_ = true;
  }
  stopping_.notify_all();
  return true;
}

plugin::Source::Progress Engine::progress() const {
  plugin::Source::Progress sum;
  bool all_known = true;
  for (const auto& runner : runners_) {
    plugin::Source::Progress one = runner->progress();
    sum.done += one.done;
    sum.total += one.total;
    all_known = all_known && one.total > 0;
  }
  if (!all_known) sum.total = 0;
  return sum;
}

void Engine::step() {
  feed_pool();
  if (auto batch = pool_.take()) {
    collect(std::move(*batch));
  } else {
    conclude();
    wait_for_more();
  }
  if (flush_due()) flush();
}

void Engine::wait_for_more() {
  if (auto delivery = inbox_.pop(wake_time())) {
    take(std::move(*delivery));
  } else if (credit_lies_in_window()) {
    flush();  // waiting for it to fill would be for ever
  } else if (pool_.idle()) {
    conclude_letters();
  }
}

bool Engine::credit_lies_in_window() const { return !window_.empty() && budget_.exhausted() && pool_.idle(); }

Engine::Clock::time_point Engine::wake_time() const {
  if (credit_lies_in_window()) return Clock::now();
  Clock::time_point wake = Clock::now() + kIdleWait;
  if (!window_.empty()) wake = std::min(wake, window_opened_ + options_.max_delay);
  if (!letters_.empty()) wake = std::min({wake, first_letter_at_ + kLettersWait, Clock::now() + kLull});
  return wake;
}

void Engine::take(Delivery delivery) {
  taken_at_ = Clock::now();
  for (plugin::Record& record : delivery.records) admit(delivery.source, std::move(record));
  if (delivery.last) --open_sources_;
  if (delivery.error) report_.failures.push_back(*delivery.error);
}

void Engine::admit(std::size_t source, plugin::Record record) {
  meters_.bytes += record.body.size() + record.properties.size() + record.system_properties.size();
  InFlight::Id id = in_flight_.admit(source, std::move(record), taken_at_);
  const plugin::Record& held = in_flight_.record(id);
  if (held.rejected) return in_flight_.fail(id, failure_of("source", *held.rejected, {}));
  if (held.body.size() > options_.max_record_bytes)
    return in_flight_.fail(id, too_long(held, options_.max_record_bytes));
  queue(id);
}

void Engine::queue(InFlight::Id id) {
  const plugin::Record& record = in_flight_.record(id);
  if (admitted_.empty() || admitted_.back().jobs.size() >= kBatchRecords || last_batch_bytes_ >= kBatchBytes) {
    begin_batch();
  }
  admitted_.back().jobs.push_back({id, &record, 0, 0, {}});
  last_batch_bytes_ += record.body.size();
}

void Engine::begin_batch() {
  last_batch_bytes_ = 0;
  if (spare_batches_.empty()) {
    admitted_.emplace_back();
    return;
  }
  admitted_.push_back(std::move(spare_batches_.back()));
  spare_batches_.pop_back();
}

void Engine::feed_pool() {
  for (; !admitted_.empty() && pool_.has_room(); admitted_.pop_front()) pool_.submit(std::move(admitted_.front()));
}

void Engine::collect(NormalizePool::Batch batch) {
  for (const Normalized& job : batch.jobs) {
    if (given_up_) return;
    collect(job, batch.measurements(job));
    if (window_.size() >= options_.max_measurements) flush();
  }
  batch.clear();
  spare_batches_.push_back(std::move(batch));
}

void Engine::collect(const Normalized& job, std::span<const group::Member> measurements) {
  if (window_.empty()) window_opened_ = Clock::now();
  in_flight_.open(job.id, static_cast<std::uint32_t>(measurements.size() * sinks_.size()));
  for (const group::Member& measurement : measurements) window_.add(measurement);
  meters_.measurements += measurements.size();
  if (measurements.empty()) ++meters_.unmatched;
  if (job.error) return in_flight_.fail(job.id, failure_of("normalize", *job.error, {}));
  if (measurements.empty()) return settle_unmatched(job.id);
  in_flight_.end(job.id, Outcome::Filtered);  // the lightest outcome: what the sinks say counts
}

void Engine::settle_unmatched(InFlight::Id id) {
  switch (options_.unmatched) {
    case Unmatched::Filter:
      return in_flight_.end(id, Outcome::Filtered, kNoTemplateMatched);
    case Unmatched::DeadLetter:
      return in_flight_.fail(id, {std::string(kNoTemplateMatched), "no template matched this message", {}});
    case Unmatched::Fail:
      give_up(Error(
          std::string(kNoTemplateMatched),
          "no template matched the message at " + std::string(in_flight_.record(id).position) +
              ", and normalize.unmatched is \"fail\"; add a template or choose dead_letter"
      ));
  }
}

bool Engine::flush_due() const { return !window_.empty() && Clock::now() >= window_opened_ + options_.max_delay; }

void Engine::flush() {
  if (window_.empty() || given_up_) return;
  Clock::time_point begun = Clock::now();
  ++meters_.flushes;
  for (auto groups = window_.take(kSliceMeasurements); !groups.empty(); groups = window_.take(kSliceMeasurements)) {
    note_groups(groups);
    write_to_all(groups);
    conclude();
    if (given_up_) break;
  }
  window_.clear();
  meters_.flush.add(Clock::now() - begun);
}

void Engine::note_groups(std::span<const group::Group> groups) {
  meters_.groups += groups.size();
  for (const group::Group& group : groups) meters_.kept += group.measurements.size();
}

void Engine::write_to_all(std::span<const group::Group> groups) {
  std::vector<SinkPort*> open = sinks_;
  Result<void> done = until_done([&] { return write_to_each(open, groups); });
  if (done.has_error()) give_up(done.error());
}

// A sink that is away stays open, one that fails for good ends the pipeline: neither keeps the others from writing.
Result<void> Engine::write_to_each(std::vector<SinkPort*>& open, std::span<const group::Group> groups) {
  Result<void> done;
  std::erase_if(open, [&](SinkPort* sink) {
    auto endings = sink->write(groups);
    bool away = endings.has_error() && endings.error().retryable();
    if (away && done.has_value()) done = endings.error();
    if (away) return false;
    endings.has_error() ? give_up(endings.error()) : end_groups(*sink, groups, *endings);
    return true;
  });
  return given_up_ ? Result<void>() : done;  // a pipeline that has given up waits for nobody
}

template <class Work>
auto Engine::until_done(Work&& work) -> decltype(work()) {
  std::chrono::milliseconds pause = 1s;
  for (unsigned tried = 1;; ++tried, pause = std::min(pause * 2, kLongestPause)) {
    auto done = work();
    bool passes = done.has_error() && done.error().retryable();
    set_trouble(passes ? done.error().message() : std::string_view());
    if (!passes) return done;
    if (is_told(tried))
      warn_(
          std::string(done.error().message()) + "; trying again in " + std::to_string(pause / 1s) +
          " s, nothing is lost"
      );
    if (!may_wait(pause)) return done;
  }
}

// Waits; false once a stop has waited long enough.
bool Engine::may_wait(std::chrono::milliseconds pause) {
  std::unique_lock lock(stop_mutex_);
  if (!stopped_) stopping_.wait_for(lock, pause, [this] { return bool(stopped_); });
  if (!stopped_) return true;
  if (patience_->is_over()) return false;
  lock.unlock();
  Thread::sleep_until(std::min(patience_->end(), Clock::now() + pause));
  return true;
}

void Engine::end_groups(
    const SinkPort& sink, std::span<const group::Group> groups, const std::vector<SinkPort::Endings>& endings
) {
  for (std::size_t i = 0; i < groups.size(); ++i) end_group(sink, groups[i], endings[i]);
}

void Engine::end_group(const SinkPort& sink, const group::Group& group, const SinkPort::Endings& endings) {
  std::unordered_map<std::int64_t, std::size_t>
      kept;  // by time: what became of those that another of the same time replaced
  for (std::size_t i = 0; i < group.measurements.size(); ++i) {
    if (!group.replaced.empty()) kept.emplace(group.measurements[i].occurred.ticks, i);
    end_branch(sink, group.measurements[i].record, endings[i]);
  }
  for (const group::Member& replaced : group.replaced) {
    fhir::Ending ending = endings[kept.at(replaced.occurred.ticks)];
    if (ending.kind == fhir::Ending::Kind::Written) ending.kind = fhir::Ending::Kind::Merged;
    end_branch(sink, replaced.record, ending);
  }
}

void Engine::end_branch(const SinkPort& sink, std::uint64_t record, const fhir::Ending& ending) {
  switch (ending.kind) {
    case fhir::Ending::Kind::Written:
      return in_flight_.end(record, Outcome::Written);
    case fhir::Ending::Kind::Merged:
      return in_flight_.end(record, Outcome::Merged);
    case fhir::Ending::Kind::Filtered:
      return in_flight_.end(record, Outcome::Filtered, ending.reason);
    case fhir::Ending::Kind::Failed:
      return in_flight_.fail(record, failure_of("sink", ending.error, sink.name()));
  }
}

// What a sink reported is durable already; dead letters are before they are settled.
void Engine::conclude() {
  Clock::time_point now = Clock::now();
  for (EndedRecord& ended : in_flight_.take_ended()) {
    if (ended.outcome != Outcome::DeadLettered) {
      conclude(std::move(ended), now);
      continue;
    }
    if (letters_.empty()) first_letter_at_ = now;
    letters_.push_back(std::move(ended));
  }
  if (letters_.size() >= kLettersAtOnce || now >= first_letter_at_ + kLettersWait) conclude_letters();
}

void Engine::conclude_letters() {
  if (letters_.empty()) return;
  std::vector<EndedRecord> letters = std::exchange(letters_, {});
  if (Result<void> stored = store_letters(letters); stored.has_error()) return give_up(stored.error());
  Clock::time_point now = Clock::now();
  for (EndedRecord& ended : letters) conclude(std::move(ended), now);
}

Result<void> Engine::store_letters(std::span<const EndedRecord> ended) {
  std::vector<Letter> letters;
  letters.reserve(ended.size());
  for (const EndedRecord& e : ended) letters.push_back({sources_[e.source]->name(), &e.record, &e.failure});
  return until_done([&] { return dead_letters_.add(letters); });
}

void Engine::conclude(EndedRecord ended, Clock::time_point now) {
  meters_.taken_to_settled.add(now - ended.taken_at);
  in_flight_.conclude(ended.outcome);
  note_reason(ended);
  Credit freed{1, ended.record.body.size()};
  runners_[ended.source]->settle(std::move(ended.record), ended.outcome);
  budget_.release(freed);  // after the settlement: a source that sees the credit tells what has ended first
}

void Engine::note_reason(const EndedRecord& ended) {
  if (ended.outcome != Outcome::DeadLettered && ended.outcome != Outcome::Filtered) return;
  std::lock_guard lock(told_mutex_);
  if (ended.outcome == Outcome::DeadLettered) ++report_.dead_letters[ended.failure.reason];
  if (ended.outcome == Outcome::Filtered) ++report_.filtered[ended.rule];
}

Engine::Reasons Engine::reasons() const {
  std::lock_guard lock(told_mutex_);
  return {report_.dead_letters, report_.filtered};
}

void Engine::set_trouble(std::string_view text) {
  std::lock_guard lock(told_mutex_);
  trouble_ = text;
}

std::string Engine::trouble() const {
  std::lock_guard lock(told_mutex_);
  return trouble_;
}

void Engine::give_up(Error error) {
  given_up_ = true;
  report_.failures.push_back(std::move(error));
}

}  // namespace aorta::pipeline
