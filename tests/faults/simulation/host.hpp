// One life of the process: the product's journals, sources and engine over the simulated world.
#pragma once

#include <memory>
#include <vector>

#include "tests/faults/simulation/machine_disk.hpp"
#include "tests/faults/simulation/ports.hpp"

namespace aorta::simulation {

class Host {
 public:
  enum class Command : std::uint8_t { None, Reload, Stop };

  // The world outlives it.
  explicit Host(World& world) : world_(world), life_{world, false, false, {}} {}

  // The process's main thread, from its start to its end.
  void live();
  bool over() const { return over_; }
  bool carries() const { return engine_ != nullptr; }
  // Messages in its journals that have not ended.
  std::uint64_t waiting() const;
  // [world]
  void ask(Command command);
  // Nothing that the process does from now on has an effect; it ends soon. On a thread of the process.
  void die();
  // Between any two steps.
  void check() const;
  // Now and then.
  void check_journals() const;

 private:
  // A journaled source and what only the simulation sees of it.
  struct Source {
    std::unique_ptr<MachineDisk> disk;
    std::unique_ptr<WatchedSource> port;
    pipeline::JournaledSource* journaled = nullptr;
  };
  bool open_sources();
  Result<Source> open_journaled(std::size_t number);
  Source open_topic(std::size_t number);
  void close_sources();
  void run();
  void supervise();
  void check_report();

  World& world_;
  Life life_;
  std::vector<Source> sources_;
  pipeline::Engine* engine_ = nullptr;  // while it runs
  pipeline::Report report_;
  bool engine_over_ = false;
  Command command_ = Command::None;
  bool over_ = false;
};

}  // namespace aorta::simulation
