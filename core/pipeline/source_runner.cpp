#include "core/pipeline/source_runner.hpp"

#include <algorithm>
#include <utility>

namespace aorta::pipeline {
namespace {

using namespace std::chrono_literals;
constexpr auto kPollWait = 100ms;
constexpr std::chrono::milliseconds kLongestPause = 4s;

std::uint64_t bytes_of(const std::vector<plugin::Record>& records) {
  std::uint64_t bytes = 0;
  for (const plugin::Record& r : records) bytes += r.body.size();
  return bytes;
}

}  // namespace

SourceRunner::SourceRunner(std::size_t index, SourcePort& source, Budget& budget, Inbox& inbox, Ledger& ledger)
    : index_(index), source_(source), budget_(budget), inbox_(inbox), ledger_(ledger) {}

SourceRunner::~SourceRunner() {
  cancel();
  finish();
}

void SourceRunner::start() {
  thread_ = Thread([this] { run(); });
}

void SourceRunner::cancel() {
  if (!paused_) source_.cancel();
  end_polling();
}

void SourceRunner::pause() {
  paused_ = true;
  end_polling();
}

void SourceRunner::end_polling() {
  cancelled_ = true;
  std::lock_guard lock(mutex_);
  changed_.notify_all();
}

void SourceRunner::settle(plugin::Record record, Outcome outcome) {
  std::lock_guard lock(mutex_);
  settlements_.push_back({std::move(record), outcome});
  changed_.notify_all();
}

void SourceRunner::finish() {
  {
    std::lock_guard lock(mutex_);
    finishing_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void SourceRunner::run() {
  while (poll_once()) {
  }
  wait_for_settlements();
}

bool SourceRunner::poll_once() {
  if (cancelled_) {
    inbox_.push({.source = index_, .records = {}, .last = true, .error = {}});
    return false;
  }
  Credit reserved = budget_.reserve(kPollWait);
  tell_settlements();
  return reserved == Credit{} || poll_with(reserved);
}

bool SourceRunner::poll_with(Credit reserved) {
  Delivery delivery{.source = index_, .records = {}, .last = false, .error = {}};
  auto state = source_.poll(delivery.records, reserved.records, reserved.bytes, kPollWait);
  budget_.use(reserved, {delivery.records.size(), bytes_of(delivery.records)});
  note_progress();
  bool retry = state.has_error() && state.error().retryable();
  if (state.has_error() && !retry) delivery.error = state.error();
  delivery.last = state.has_value() ? *state != plugin::Source::State::More : !retry;
  bool more = !delivery.last;
  if (!more || !delivery.records.empty()) inbox_.push(std::move(delivery));
  if (retry) {
    back_off();
  } else {
    pause_ = 0ms;
  }
  return more;
}

void SourceRunner::note_progress() {
  auto progress = source_.progress();
  if (!progress) return;
  done_ = progress->done;
  total_ = progress->total;
}

// Doubles from a second to four, until a poll succeeds; ends early when cancelled.
void SourceRunner::back_off() {
  pause_ = std::clamp<std::chrono::milliseconds>(pause_ * 2, 1s, kLongestPause);
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, pause_, [this] { return cancelled_ || finishing_; });
}

void SourceRunner::tell_settlements() {
  std::vector<Settlement> ready;
  {
    std::lock_guard lock(mutex_);
    ready.swap(settlements_);
  }
  for (const Settlement& s : ready) {
    source_.settle(s.record.token, static_cast<std::int32_t>(s.outcome));
    ledger_.settle();
  }
}

void SourceRunner::wait_for_settlements() {
  for (bool finishing = false; !finishing;) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return finishing_ || !settlements_.empty(); });
      finishing = finishing_;
    }
    tell_settlements();
  }
}

}  // namespace aorta::pipeline
