#include "tests/faults/simulation/world.hpp"

#include <cstdio>
#include <utility>

namespace aorta::simulation {

std::string Request::answer() const {
  return std::to_string(messages.front()->number) + "-" + std::to_string(messages.back()->number);
}

void World::blame(const std::string& what) {
  if (!problem.empty()) return;
  char when[64];
  std::snprintf(
      when, sizeof when, "step %llu, second %.6f: ", static_cast<unsigned long long>(fibers.steps()), fibers.seconds()
  );
  problem = when + what;
  if (verbose) std::printf("%s\n", problem.c_str());
}

void World::close(Door& door) {
  door.open = false;
  auto lost = std::exchange(door.requests, {});
  for (auto& request : lost) answer(*request, Request::State::Lost);
}

void World::answer(Request& request, Request::State state) {
  if (request.state != Request::State::Waiting) return;
  request.state = state;
  fibers.notify(&request, true);
}

void World::tell(std::string_view what, std::uint64_t number) {
  for (char c : what) fibers.note(static_cast<unsigned char>(c));
  fibers.note(number);
  if (verbose)
    std::printf(
        "%8llu %12.6f  %.*s %llu\n", static_cast<unsigned long long>(fibers.steps()), fibers.seconds(),
        static_cast<int>(what.size()), what.data(), static_cast<unsigned long long>(number)
    );
}

}  // namespace aorta::simulation
