// One run: the world and the lives of a process in it, all of it from a seed.
#pragma once

#include <cstdint>
#include <string>

#include "tests/faults/simulation/plan.hpp"

namespace aorta::simulation {

struct Outcomes {
  std::string problem;       // empty: all held
  std::uint64_t digest = 0;  // of all that happened, in its order
  std::uint64_t steps = 0;
  std::uint64_t messages = 0;
  std::uint64_t lives = 0;
  double seconds = 0;  // of simulated time
};

Outcomes run_seed(std::uint64_t seed, Planted planted = Planted::None, bool verbose = false);

}  // namespace aorta::simulation
