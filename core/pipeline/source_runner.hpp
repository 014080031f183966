// A source on a thread of its own: polls while there is credit, settles what has ended.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "core/base/threads.hpp"
#include "core/pipeline/budget.hpp"
#include "core/pipeline/inbox.hpp"
#include "core/pipeline/ledger.hpp"
#include "core/pipeline/ports.hpp"

namespace aorta::pipeline {

class SourceRunner {
 public:
  SourceRunner(std::size_t index, SourcePort& source, Budget& budget, Inbox& inbox, Ledger& ledger);
  ~SourceRunner();  // finishes
  SourceRunner(const SourceRunner&) = delete;
  SourceRunner& operator=(const SourceRunner&) = delete;

  void start();
  // [any] No further polls; what was delivered can still be settled. A paused source may be polled by another one
  // later, a cancelled one may not.
  void cancel();
  void pause();
  // [any] This record has ended; told to the source on its thread. The record is kept until then, for its token.
  void settle(plugin::Record record, Outcome outcome);
  // Waits until all settlements were told, ends the thread. Twice is fine.
  void finish();

  // [any] As SourcePort::progress, as of the last poll.
  plugin::Source::Progress progress() const { return {done_, total_}; }

 private:
  struct Settlement {
    plugin::Record record;
    Outcome outcome;
  };

  void end_polling();
  void run();
  bool poll_once();  // false: no more
  bool poll_with(Credit reserved);
  void note_progress();
  void tell_settlements();
  void wait_for_settlements();
  void back_off();

  const std::size_t index_;
  SourcePort& source_;
  Budget& budget_;
  Inbox& inbox_;
  Ledger& ledger_;

  Mutex mutex_;
  Condition changed_;
  std::vector<Settlement> settlements_;
  bool finishing_ = false;
  Flag paused_;
  Flag cancelled_;
  std::atomic<std::uint64_t> done_{0};
  std::atomic<std::uint64_t> total_{0};
  std::chrono::milliseconds pause_{0};
  Thread thread_;
};

}  // namespace aorta::pipeline
