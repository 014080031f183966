// What a seed decides before its run begins.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/journal/journal.hpp"
#include "core/pipeline/engine.hpp"
#include "tests/faults/simulation/chance.hpp"

namespace aorta::simulation {

// A fault in the simulated world that the run must be found guilty of: what shows that the simulation can fail.
enum class Planted : std::uint8_t {
  None,
  LyingSync,            // the disk says that it has synced, and has not
  LostTail,             // a power failure takes the last bytes of a segment, synced or not
  EarlyAnswer,          // senders are told before their messages are durable
  SettledBeyondPrefix,  // a replayable source goes on behind what has not ended
  SwallowedSettlement,  // an end is not told to its source
  SwappedRecords,       // a source changes the order of a device's messages
  ForgottenBranch,      // a sink says written, and has not
  LostLetter,           // the dead letters say stored, and have not
  IgnoredCredit,        // a source gives more than it was asked for
  LostWakes,            // a notification is now and then not heard
  HastySink,            // a sink that is away is asked again at once
};
struct PlantedName {
  Planted fault;
  std::string_view name;
};
const std::vector<PlantedName>& planted_names();
std::optional<Planted> planted_of(std::string_view name);

struct Plan {
  explicit Plan(Chance& chance);

  std::size_t journaled;  // sources whose senders cannot send again
  std::size_t topics;     // sources that can be replayed from a position
  std::size_t sinks;
  std::size_t normalizers;
  std::size_t depth;  // batches that one of them begins before it finishes the first
  std::size_t sources() const { return journaled + topics; }

  std::uint64_t messages;  // of each source
  std::uint64_t devices;   // of each source
  std::uint64_t times;     // so many different ones: few make many replacements
  std::uint64_t most_per_request;
  std::size_t key_bytes;  // of a request, beside what makes it its own
  unsigned odd;           // messages that do not end well, in a hundred

  std::uint64_t lives;  // of the process; the last one is undisturbed
  bool disk_faults, sink_faults, operators, clock_jumps;
  bool power_fails;
  std::chrono::minutes outage;  // of all sinks, in the last life; mostly none

  pipeline::EngineOptions engine;
  journal::JournalOptions journal;  // without a folder
};

// The window of an engine, anew with each reload.
void choose_window(pipeline::EngineOptions& options, Chance& chance);

}  // namespace aorta::simulation
