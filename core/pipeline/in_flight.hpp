// Records on their way: each is held, body and all, until every branch of it has ended.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "core/pipeline/ledger.hpp"
#include "core/pipeline/ports.hpp"

namespace aorta::pipeline {

// A record whose branches have all ended, with the outcome that counts: dead-lettered before written before merged
// before filtered.
struct EndedRecord {
  std::size_t source = 0;
  plugin::Record record;
  Outcome outcome = Outcome::Filtered;
  std::string rule;  // Filtered: by which
  Failure failure;   // DeadLettered: the first one
  std::chrono::steady_clock::time_point taken_at{};
};

// Used on the engine's thread only.
class InFlight {
 public:
  using Id = std::uint64_t;

  explicit InFlight(Ledger& ledger) : ledger_(ledger) {}

  using Time = std::chrono::steady_clock::time_point;

  // Takes a record in with one open branch, its normalization.
  Id admit(std::size_t source, plugin::Record record, Time taken_at = {});
  // Stays in place until the record has ended.
  const plugin::Record& record(Id id) const { return slots_[id].record; }
  // Opens `count` further branches: each is to be ended or failed once.
  void open(Id id, std::uint32_t count) { slots_[id].open += count; }
  void end(Id id, Outcome outcome, std::string_view rule = {});
  void fail(Id id, Failure failure);

  // Records that have ended since the last call. They count as in flight until conclude().
  std::vector<EndedRecord> take_ended();
  // The record's end is durable: it leaves the ledger's in-flight column for its outcome's.
  void conclude(Outcome outcome);

  std::uint64_t size() const { return held_; }

 private:
  struct Slot {
    std::size_t source = 0;
    plugin::Record record;
    std::uint32_t open = 0;
    Outcome outcome = Outcome::Filtered;
    std::string rule;
    Failure failure;
    Time taken_at{};
  };
  void close_branch(Id id);

  Ledger& ledger_;
  std::deque<Slot> slots_;
  std::vector<Id> free_;
  std::vector<EndedRecord> ended_;
  std::uint64_t held_ = 0;
};

}  // namespace aorta::pipeline
