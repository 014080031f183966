#include "tests/faults/simulation/plan.hpp"

#include <algorithm>

namespace aorta::simulation {

using namespace std::chrono_literals;
using journal::Durability;

namespace {

constexpr unsigned kOutages = 100;  // one in so many seeds has one: it takes as long as fifty others

}  // namespace

const std::vector<PlantedName>& planted_names() {
  static const std::vector<PlantedName> names = {
      {Planted::LyingSync, "lying-sync"},
      {Planted::LostTail, "lost-tail"},
      {Planted::EarlyAnswer, "early-answer"},
      {Planted::SettledBeyondPrefix, "settled-beyond-prefix"},
      {Planted::SwallowedSettlement, "swallowed-settlement"},
      {Planted::SwappedRecords, "swapped-records"},
      {Planted::ForgottenBranch, "forgotten-branch"},
      {Planted::LostLetter, "lost-letter"},
      {Planted::IgnoredCredit, "ignored-credit"},
      {Planted::LostWakes, "lost-wakes"},
      {Planted::HastySink, "hasty-sink"},
  };
  return names;
}

std::optional<Planted> planted_of(std::string_view name) {
  for (const PlantedName& one : planted_names()) {
    if (one.name == name) return one.fault;
  }
  return std::nullopt;
}

Plan::Plan(Chance& chance)
    : journaled(chance.below(3)),
      topics(chance.below(3)),
      sinks(chance.between(1, 2)),
      normalizers(chance.between(1, 3)),
      depth(chance.of<std::size_t>({1, 1, 2, 8})),
      messages(chance.between(5, 80)),
      devices(chance.between(1, 4)),
      times(chance.of<std::uint64_t>({1, 3, 50})),
      most_per_request(chance.of<std::uint64_t>({1, 3, 20})),
      key_bytes(chance.of<std::size_t>({0, 240})),
      odd(chance.of({0u, 5u, 30u, 100u})),
      lives(chance.between(1, 6)),
      disk_faults(chance.one_in(2)),
      sink_faults(chance.one_in(2)),
      operators(chance.one_in(2)),
      clock_jumps(chance.one_in(4)) {
  if (sources() == 0) journaled = 1;
  engine.limit = {chance.of<std::uint64_t>({1, 4, 30, 1000}), chance.of<std::uint64_t>({100, 1000, 1 << 20})};
  engine.max_record_bytes = 400;
  engine.unmatched = chance.one_in(2) ? pipeline::Unmatched::DeadLetter : pipeline::Unmatched::Filter;
  engine.drain_timeout = chance.of<std::chrono::milliseconds>({0ms, 500ms, 30s});
  choose_window(engine, chance);
  journal.durability = chance.of(
      {Durability::Fdatasync, Durability::Fdatasync, Durability::Fdatasync, Durability::Relaxed, Durability::None}
  );
  power_fails = journal.durability == Durability::Fdatasync;
  outage = std::chrono::minutes(chance.one_in(kOutages) ? chance.between(10, 30) : 0);
  journal.segment_bytes = chance.of<std::uint64_t>({600, 2000, 8000});
  journal.max_bytes = std::max<std::uint64_t>(chance.of<std::uint64_t>({4, 12, 1000}) * journal.segment_bytes, 12'000);
  if (chance.one_in(4)) journal.max_age = chance.of<std::chrono::milliseconds>({10s, 120s});
  journal.receipts.max_count = chance.of<std::uint64_t>({3, 10'000});
}

void choose_window(pipeline::EngineOptions& options, Chance& chance) {
  options.max_measurements = chance.of<std::uint64_t>({1, 5, 40, 300});
  options.max_delay = chance.of<std::chrono::milliseconds>({50ms, 1s, 15s});
}

}  // namespace aorta::simulation
