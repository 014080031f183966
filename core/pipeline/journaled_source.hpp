// A source whose senders cannot send again: what it takes in lies in a journal before they are told that it has
// arrived, and until it has ended.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/threads.hpp"
#include "core/journal/journal.hpp"
#include "core/pipeline/ports.hpp"

namespace aorta::pipeline {

// Where such messages come from: a plugin in a running host. Called on one thread of its own, except cancel() [any].
class IntakePort {
 public:
  virtual ~IntakePort() = default;
  virtual Result<plugin::Source::State> poll(
      std::vector<plugin::Record>& out, std::vector<plugin::Receipt>& receipts, std::uint64_t max_records,
      std::uint64_t max_bytes, std::chrono::milliseconds wait
  ) = 0;
  // What the last poll gave is durable, or none of it was kept.
  virtual void kept(bool durable) = 0;
  virtual void cancel() = 0;
};

// Takes in on a thread of its own, as long as the journal has room, whatever the sinks do; the engine reads from the
// journal while it has credit. Messages from before a restart come first.
class JournaledSource : public SourcePort {
 public:
  enum class Level : std::uint8_t { Info, Warning };
  using Tell = std::function<void(Level level, std::string_view text)>;

  JournaledSource(
      std::string name, std::unique_ptr<IntakePort> intake, std::unique_ptr<journal::Journal> journal, Tell tell
  );
  ~JournaledSource() override;  // ends intake, closes the journal

  std::string_view name() const override { return name_; }
  Result<plugin::Source::State> poll(
      std::vector<plugin::Record>& out, std::uint64_t max_records, std::uint64_t max_bytes,
      std::chrono::milliseconds wait
  ) override;
  void settle(std::string_view token, std::int32_t outcome) override;
  std::optional<plugin::Source::Progress> progress() const override { return std::nullopt; }
  void cancel() override;

  // [any]
  journal::JournalCounts counts() const { return journal_->counts(); }
  // Why senders are refused at the moment; empty: they are not. [any]
  std::string trouble() const;

 private:
  void take_in();
  bool take_in_once();
  void keep(std::vector<plugin::Record>& records, const std::vector<plugin::Receipt>& receipts);
  void note_result(const Result<void>& done);
  void tidy();
  plugin::Record record_of(std::uint64_t sequence, const journal::Message& message) const;
  std::optional<Error> ended() const;

  const std::string name_;
  const std::unique_ptr<journal::Journal> journal_;
  const std::unique_ptr<IntakePort> intake_;  // goes first: it asks the journal for answers
  const Tell tell_;
  Thread thread_;
  Flag cancelled_;
  Flag intake_over_;

  mutable Mutex mutex_;
  std::string trouble_;
  std::optional<Error> failure_;  // why intake is over before its time
  bool tidy_failed_ = false;      // the intake thread's
};

}  // namespace aorta::pipeline
