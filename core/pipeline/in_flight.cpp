#include "core/pipeline/in_flight.hpp"

#include <utility>

namespace aorta::pipeline {
namespace {

int weight(Outcome outcome) {
  switch (outcome) {
    case Outcome::Filtered:
      return 0;
    case Outcome::Merged:
      return 1;
    case Outcome::Written:
      return 2;
    case Outcome::DeadLettered:
      return 3;
  }
  return 0;
}

}  // namespace

InFlight::Id InFlight::admit(std::size_t source, plugin::Record record, Time taken_at) {
  if (free_.empty()) {
    free_.push_back(slots_.size());
    slots_.emplace_back();
  }
  Id id = free_.back();
  free_.pop_back();
  Slot& slot = slots_[id];
  slot.source = source;
  slot.record = std::move(record);
  slot.open = 1;
  slot.taken_at = taken_at;
  ++held_;
  ledger_.accept();
  ledger_.hold();
  return id;
}

void InFlight::end(Id id, Outcome outcome, std::string_view rule) {
  Slot& slot = slots_[id];
  if (weight(outcome) > weight(slot.outcome)) slot.outcome = outcome;
  if (slot.rule.empty()) slot.rule = rule;
  close_branch(id);
}

void InFlight::fail(Id id, Failure failure) {
  Slot& slot = slots_[id];
  if (slot.outcome != Outcome::DeadLettered) slot.failure = std::move(failure);
  slot.outcome = Outcome::DeadLettered;
  close_branch(id);
}

void InFlight::close_branch(Id id) {
  Slot& slot = slots_[id];
  if (--slot.open > 0) return;
  ended_.push_back(
      {slot.source, std::move(slot.record), slot.outcome, std::move(slot.rule), std::move(slot.failure), slot.taken_at}
  );
  slot = Slot{};
  free_.push_back(id);
}

std::vector<EndedRecord> InFlight::take_ended() { return std::exchange(ended_, {}); }

void InFlight::conclude(Outcome outcome) {
  --held_;
  ledger_.let_go();
  ledger_.end(outcome);
}

}  // namespace aorta::pipeline
