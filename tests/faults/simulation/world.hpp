// All that is outside of the simulated process, and outlives it.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/faults/simulation/fibers.hpp"
#include "tests/faults/simulation/plan.hpp"
#include "tests/faults/simulation/truth.hpp"
#include "tests/unit/journal/fake_disk.hpp"

namespace aorta::simulation {

// What goes wrong at the moment: of calls, so many in a thousand.
struct Weather {
  unsigned disk_errors = 0;
  bool disk_full = false;
  unsigned slow_syncs = 0;
  unsigned sinks_away = 0;       // nothing is written, and it says so
  unsigned half_writes = 0;      // a part is written, and it says that it failed
  unsigned lost_answers = 0;     // all is written, and it says that it failed
  unsigned sink_breakdowns = 0;  // it fails for good: the process ends
  unsigned slow_sinks = 0;
  unsigned source_errors = 0;
};

// A request to a source whose senders cannot send again.
struct Request {
  enum class State : std::uint8_t { Waiting, Accepted, Refused, Lost } state = State::Waiting;
  std::vector<const Message*> messages;
  std::string key;  // empty: none
  std::size_t handed_over = 0;

  std::string answer() const;
  bool done() const { return handed_over == messages.size(); }
};

// Where requests arrive, while the process listens. News of them is news of this.
struct Door {
  bool open = false;
  std::deque<std::shared_ptr<Request>> requests;
};

// A log that a source reads from the position it has committed.
struct Topic {
  std::vector<const Message*> messages;
  std::uint64_t committed = 0;
};

struct World {
  World(std::uint64_t seed, Planted fault, bool talks)
      : chance(seed), plan(chance), planted(fault), verbose(talks), fibers(chance), truth(plan, chance) {
    doors.resize(plan.journaled);
    for (std::size_t i = 0; i < plan.journaled; ++i) media.emplace_back();
    topics.resize(plan.topics);
  }

  // Calls that go wrong by themselves.
  bool happens(unsigned in_a_thousand) { return in_a_thousand > 0 && chance.below(1000) < in_a_thousand; }
  bool has(Planted fault) const { return planted == fault; }
  // The first thing that is wrong counts.
  void blame(const std::string& problem);
  // Nobody listens any more.
  void close(Door& door);
  // Whoever waits for it is told.
  void answer(Request& request, Request::State state);
  // Becomes part of what is compared between two runs of a seed.
  void tell(std::string_view what, std::uint64_t number);

  Chance chance;
  const Plan plan;
  const Planted planted;
  const bool verbose;
  Fibers fibers;
  Truth truth;
  Weather weather;
  bool calm = false;  // nothing goes wrong any more
  SteadyClock::time_point sinks_away_until{};
  bool power_failed = false;                  // so that messages on their way may be torn
  std::vector<Door> doors;                    // of each journaled source
  std::deque<journal::test::FakeDisk> media;  // one for each journal
  std::vector<Topic> topics;
  std::string problem;
};

}  // namespace aorta::simulation
