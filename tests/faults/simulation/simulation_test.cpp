// That runs can be had again from their seeds, and that the simulation finds what is planted in it.
#include <catch2/catch.hpp>

#include "tests/faults/simulation/run.hpp"

using namespace aorta::simulation;

// A run that hangs, as one with a planted fault does, is left behind with all that its threads hold.
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }

namespace {

constexpr std::uint64_t kSeedsToFind = 100;

// The first of so many seeds that fails.
std::uint64_t found_by(Planted fault) {
  std::uint64_t seed = 0;
  while (seed < kSeedsToFind && run_seed(seed, fault).problem.empty()) ++seed;
  return seed;
}

}  // namespace

TEST_CASE("simulation: a seed gives the same run, step by step", "[faults]") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Outcomes first = run_seed(seed), second = run_seed(seed);
    CHECK(first.problem == "");
    CHECK(first.digest == second.digest);
    CHECK(first.steps == second.steps);
  }
}

TEST_CASE("simulation: different seeds give different runs", "[faults]") {
  CHECK(run_seed(1).digest != run_seed(2).digest);
}

TEST_CASE("simulation: what is planted is found, and has a name", "[faults]") {
  for (const PlantedName& one : planted_names()) {
    INFO(one.name);
    CHECK(found_by(one.fault) < kSeedsToFind);
    CHECK(planted_of(one.name) == one.fault);
  }
}
