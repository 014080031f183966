// What the measurements share: inputs, clocks, and the parse that every figure is held against.
#pragma once

#include <cstdint>
#include <ctime>
#include <span>
#include <string>
#include <vector>

namespace aorta::bench {

std::string read_file(const char* path);
std::vector<std::string> read_lines(const char* path);

// How often memory was asked for since the program began, by all threads.
std::uint64_t allocations();

double median(std::vector<double> values);

// Boost.JSON's own DOM parse of all bodies, at its best: one parser, memory on the stack. The sum is of no use but to
// be used. Any thread.
std::uint64_t parse_all(std::span<const std::string> bodies);

// Of this thread's processor time: what else runs on the machine counts little.
template <class Work>
double seconds(Work&& work) {
  auto now = [] {
    std::timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  };
  double start = now();
  work();
  return now() - start;
}

// Work and parse in turns, so that both meet the same moods of the machine. Medians, in seconds.
struct Against {
  double work = 0, parse = 0, ratio = 0;
  double allocations = 0;  // of one turn of work
};
template <class Work>
Against against_parse(const std::vector<std::string>& bodies, int rounds, Work&& work) {
  work();  // to the steady state
  Against out;
  std::uint64_t before = allocations();
  work();
  out.allocations = static_cast<double>(allocations() - before);
  std::vector<double> works, parses, ratios;
  std::uint64_t kept = 0;
  for (int i = 0; i < rounds; ++i) {
    parses.push_back(seconds([&] { kept += parse_all(bodies); }));
    works.push_back(seconds(work));
    ratios.push_back(works.back() / parses.back());
  }
  out.work = median(works);
  out.parse = kept > 0 ? median(parses) : 0;
  out.ratio = median(ratios);
  return out;
}

}  // namespace aorta::bench
