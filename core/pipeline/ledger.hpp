// The conservation of records: accepted = written + merged + filtered + dead-lettered + in flight.
#pragma once

#include <atomic>
#include <cstdint>

#include "aorta/abi/types.h"

namespace aorta::pipeline {

enum class Outcome : std::uint8_t {
  Written = AORTA_WRITTEN,
  Merged = AORTA_MERGED,
  Filtered = AORTA_FILTERED,
  DeadLettered = AORTA_DEAD_LETTERED,
};

struct Counts {
  std::uint64_t accepted = 0;
  std::uint64_t written = 0;
  std::uint64_t merged = 0;
  std::uint64_t filtered = 0;
  std::uint64_t dead_lettered = 0;
  std::uint64_t in_flight = 0;  // counted where the records are held, not derived from the others
  std::uint64_t settled = 0;    // told to their sources

  Counts& operator+=(const Counts& other) {
    accepted += other.accepted;
    written += other.written;
    merged += other.merged;
    filtered += other.filtered;
    dead_lettered += other.dead_lettered;
    in_flight += other.in_flight;
    settled += other.settled;
    return *this;
  }
  std::uint64_t ended() const { return written + merged + filtered + dead_lettered; }
  bool balanced() const { return accepted == ended() + in_flight && settled == ended(); }
};

// Written by the engine's thread, read by any: a reader may see a moment between two counters.
class Ledger {
 public:
  void accept() { add(accepted_); }
  void hold() { add(in_flight_); }
  void let_go() { in_flight_.fetch_sub(1, std::memory_order_relaxed); }
  void settle() { add(settled_); }
  void end(Outcome outcome) {
    switch (outcome) {
      case Outcome::Written:
        return add(written_);
      case Outcome::Merged:
        return add(merged_);
      case Outcome::Filtered:
        return add(filtered_);
      case Outcome::DeadLettered:
        return add(dead_lettered_);
    }
  }
  Counts counts() const {
    return {
        .accepted = accepted_,
        .written = written_,
        .merged = merged_,
        .filtered = filtered_,
        .dead_lettered = dead_lettered_,
        .in_flight = in_flight_,
        .settled = settled_};
  }

 private:
  using Counter = std::atomic<std::uint64_t>;
  static void add(Counter& counter) { counter.fetch_add(1, std::memory_order_relaxed); }
  Counter accepted_{0}, written_{0}, merged_{0}, filtered_{0}, dead_lettered_{0}, in_flight_{0}, settled_{0};
};

}  // namespace aorta::pipeline
