// A world for the engine: sources from lists, templates and sinks from functions, dead letters in a vector.
#pragma once

#include <atomic>
#include <cstring>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "core/pipeline/engine.hpp"

namespace aorta::pipeline::fake {

inline plugin::Record record(std::string_view body, std::string_view token) {
  plugin::Record r;
  r.block = std::make_unique<char[]>(body.size() + token.size() + 1);
  std::memcpy(r.block.get(), body.data(), body.size());
  std::memcpy(r.block.get() + body.size(), token.data(), token.size());
  r.body = {r.block.get(), body.size()};
  r.token = {r.block.get() + body.size(), token.size()};
  r.position = r.token;
  return r;
}

struct Settled {
  std::string token;
  Outcome outcome;
  friend bool operator==(const Settled&, const Settled&) = default;
};

// Ends after its bodies, unless it is endless: then it waits to be cancelled.
class Source : public SourcePort {
 public:
  explicit Source(std::vector<std::string> bodies, bool endless = false)
      : bodies_(std::move(bodies)), endless_(endless) {}
  std::string_view name() const override { return "fake"; }
  Result<plugin::Source::State> poll(
      std::vector<plugin::Record>& out, std::uint64_t max_records, std::uint64_t, std::chrono::milliseconds wait
  ) override {
    if (failure) return *failure;
    std::uint64_t unsettled = next_ - settled_count();
    most_unsettled = std::max(most_unsettled, unsettled + max_records);
    for (; max_records > 0 && next_ < bodies_.size(); --max_records, ++next_) {
      out.push_back(record(bodies_[next_], std::to_string(next_)));
    }
    if (next_ < bodies_.size()) return plugin::Source::State::More;
    if (!endless_) return plugin::Source::State::Ended;
    if (cancelled_) return plugin::Source::State::Cancelled;
    std::this_thread::sleep_for(std::min(wait, std::chrono::milliseconds(5)));
    return plugin::Source::State::More;
  }
  void settle(std::string_view token, std::int32_t outcome) override {
    std::lock_guard lock(mutex_);
    settled_.push_back({std::string(token), static_cast<Outcome>(outcome)});
  }
  std::optional<plugin::Source::Progress> progress() const override {
    return plugin::Source::Progress{next_, bodies_.size()};
  }
  void cancel() override { cancelled_ = true; }

  bool cancelled() const { return cancelled_; }
  std::vector<Settled> settled() const {
    std::lock_guard lock(mutex_);
    return settled_;
  }
  std::size_t settled_count() const {
    std::lock_guard lock(mutex_);
    return settled_.size();
  }

  std::optional<Error> failure;
  std::uint64_t most_unsettled = 0;

 private:
  std::vector<std::string> bodies_;
  bool endless_;
  std::size_t next_ = 0;
  std::atomic<bool> cancelled_{false};
  mutable std::mutex mutex_;
  std::vector<Settled> settled_;
};

// "a b": one measurement per word, of type "t", of the device named by the word; a "!" fails there; "" matches nothing.
class Words : public NormalizePort {
 public:
  Result<void> normalize(const plugin::Record& record, mapping::MeasurementSink& out) override {
    std::string_view rest = record.body;
    while (!rest.empty()) {
      std::string_view word = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(rest.size(), word.size() + 1));
      if (word == "!") return Error("required-value-missing", "a word is missing");
      mapping::MeasurementView view;
      view.type = "t";
      view.device = word;
      view.occurred.ticks = same_time ? 1 : ++time_;
      out.add(view);
    }
    return {};
  }
  bool same_time = false;

 private:
  std::int64_t time_ = 0;
};

class Sink : public SinkPort {
 public:
  using Write = std::function<Result<std::vector<Endings>>(std::span<const group::Group>)>;
  explicit Sink(Write write) : write_(std::move(write)) {}
  std::string_view name() const override { return "fake"; }
  Result<std::vector<Endings>> write(std::span<const group::Group> groups) override {
    ++writes;
    return write_(groups);
  }
  std::atomic<int> writes{0};

 private:
  Write write_;
};

inline Result<std::vector<SinkPort::Endings>> all(std::span<const group::Group> groups, const fhir::Ending& ending) {
  std::vector<SinkPort::Endings> endings;
  for (const group::Group& g : groups) endings.emplace_back(g.measurements.size(), ending);
  return endings;
}
inline Sink::Write always(fhir::Ending::Kind kind) {
  return [kind](std::span<const group::Group> groups) {
    return all(groups, {.kind = kind, .error = {}, .reason = "rule"});
  };
}

struct Kept {
  std::string body;
  std::string reason;
  friend bool operator==(const Kept&, const Kept&) = default;
};
class Letters : public DeadLetterPort {
 public:
  Result<void> add(std::span<const Letter> letters) override {
    if (failure) return *failure;
    for (const Letter& l : letters) kept.push_back({std::string(l.record->body), l.failure->reason});
    return {};
  }
  std::optional<Error> failure;
  std::vector<Kept> kept;
};

}  // namespace aorta::pipeline::fake
