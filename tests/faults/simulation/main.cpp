// simulation SEED [--count N] [--plant FAULT] [--verbose]: runs seeds from SEED on, and says of the first that fails
// what is wrong. Exit codes: 0 all held, 1 a seed failed, 2 usage.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string_view>

#include "core/base/whole_number.hpp"
#include "tests/faults/simulation/run.hpp"

using namespace aorta;
using namespace aorta::simulation;

namespace {

struct Options {
  std::uint64_t seed = 0;
  std::uint64_t count = 1;
  Planted planted = Planted::None;
  bool verbose = false;
};

int usage() {
  std::fputs("usage: simulation SEED [--count N] [--plant FAULT] [--verbose]\nfaults:", stderr);
  for (const PlantedName& one : planted_names()) std::fprintf(stderr, " %s", std::string(one.name).c_str());
  std::fputs("\n", stderr);
  return 2;
}

std::optional<Options> read(int count, char** words) {
  Options out;
  auto seed = count > 1 ? whole_number<std::uint64_t>(words[1]) : std::nullopt;
  if (!seed) return std::nullopt;
  out.seed = *seed;
  for (int i = 2; i < count; ++i) {
    std::string_view word = words[i];
    std::string_view value = i + 1 < count ? words[i + 1] : "";
    if (word == "--verbose") {
      out.verbose = true;
    } else if (auto number = whole_number<std::uint64_t>(value); word == "--count" && number) {
      out.count = *number;
      ++i;
    } else if (auto planted = planted_of(value); word == "--plant" && planted) {
      out.planted = *planted;
      ++i;
    } else {
      return std::nullopt;
    }
  }
  return out;
}

struct Sums {
  std::uint64_t seeds = 0, steps = 0, messages = 0, lives = 0, digest = 0;
  double seconds = 0;

  void add(const Outcomes& one) {
    ++seeds;
    steps += one.steps;
    messages += one.messages;
    lives += one.lives;
    seconds += one.seconds;
    digest = digest * 1099511628211u + one.digest;
  }
};

void show(const Sums& sums, double took) {
  std::printf(
      "%llu seeds held: %llu messages, %llu lives, %llu steps, %.0f simulated hours in %.1f s; digest %016llx\n",
      static_cast<unsigned long long>(sums.seeds), static_cast<unsigned long long>(sums.messages),
      static_cast<unsigned long long>(sums.lives), static_cast<unsigned long long>(sums.steps), sums.seconds / 3600,
      took, static_cast<unsigned long long>(sums.digest)
  );
}

}  // namespace

int main(int count, char** words) {
  std::optional<Options> options = read(count, words);
  if (!options) return usage();
  auto begun = std::chrono::steady_clock::now();
  Sums sums;
  for (std::uint64_t seed = options->seed; seed - options->seed < options->count; ++seed) {
    Outcomes outcomes = run_seed(seed, options->planted, options->verbose);
    if (!outcomes.problem.empty()) {
      std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), outcomes.problem.c_str());
      return 1;
    }
    sums.add(outcomes);
  }
  show(sums, std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
  return 0;
}
