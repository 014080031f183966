// The one source of randomness of a simulated run.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>

namespace aorta::simulation {

// SplitMix64: the same numbers everywhere.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 0x1234567) {}

  std::uint64_t operator()() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  // 0 to `end` - 1.
  std::uint64_t below(std::uint64_t end) { return (*this)() % end; }
  std::uint64_t between(std::uint64_t first, std::uint64_t last) { return first + below(last - first + 1); }
  bool one_in(std::uint64_t times) { return below(times) == 0; }
  template <class T>
  T of(std::initializer_list<T> list) {
    return list.begin()[below(list.size())];
  }
  // Up to `longest`; short ones as often as long ones.
  std::chrono::microseconds time(std::chrono::microseconds longest) {
    std::int64_t most = longest.count();
    for (std::uint64_t halves = below(12); halves > 0 && most > 1; --halves) most /= 3;
    return std::chrono::microseconds(below(static_cast<std::uint64_t>(most) + 1));
  }

 private:
  std::uint64_t state_;
};

}  // namespace aorta::simulation
