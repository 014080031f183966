// How much memory open groups take: GROUPS of them, each with SAMPLES single values a minute apart, all open at once,
// their measurements arriving in turns. Then all is taken out as a flush does, and counted.
// open_groups_bench [GROUPS [SAMPLES]]  prints one JSON object.
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/group/open_groups.hpp"
#include "tests/bench/measure.hpp"

namespace {

using namespace aorta;

constexpr std::size_t kSlice = 16 * 1024;  // as the engine takes
constexpr std::int64_t kMillisecond = 10'000;

std::uint64_t peak_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

// Devices that measure every minute, some milliseconds early or late, and are heard after a second or so.
class Ward {
 public:
  const group::Member& reading(std::uint64_t device, std::uint64_t minute) {
    std::string monitor = "monitor-" + std::to_string(1'000'000 + device);
    std::string patient = "mrn-" + std::to_string(5'000'000 + device * 7);
    key_ = monitor + "-heartrate-" + patient + "--";
    text_ = std::to_string(50 + random() % 70);
    value_ = {"hr", text_};
    member_.type = "heartrate";
    member_.key = key_;
    member_.device = member_.key.substr(0, monitor.size());
    member_.patient = member_.key.substr(key_.size() - 2 - patient.size(), patient.size());
    std::int64_t milliseconds = static_cast<std::int64_t>(minute * 60'000 + random() % 1000);
    member_.occurred = {kStart + milliseconds * kMillisecond, DateTime::Zone::Utc};
    member_.ingested = DateTime{
        member_.occurred.ticks + static_cast<std::int64_t>(500 + random() % 1000) * kMillisecond, DateTime::Zone::Utc};
    member_.values = {&value_, 1};
    ++member_.record;
    return member_;
  }

 private:
  static constexpr std::int64_t kStart = 639'086'112'000'000'000;  // a day in 2026

  std::uint64_t random() {
    state_ = state_ * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    return state_ >> 33U;
  }

  std::uint64_t state_ = 1;
  std::string key_, text_;
  mapping::ValueView value_;
  group::Member member_;
};

std::uint64_t take_all(group::OpenGroups& open) {
  std::uint64_t samples = 0;
  for (auto groups = open.take(kSlice); !groups.empty(); groups = open.take(kSlice)) {
    for (const group::Group& group : groups) samples += group.measurements.size() + group.replaced.size();
  }
  return samples;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t groups = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  std::uint64_t samples = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 60;
  Ward ward;
  group::OpenGroups open;
  std::uint64_t before = peak_bytes();
  double adding = bench::seconds([&] {
    for (std::uint64_t minute = 0; minute < samples; ++minute) {
      for (std::uint64_t device = 0; device < groups; ++device) open.add(ward.reading(device, minute));
    }
  });
  std::uint64_t held = peak_bytes() - before;
  std::uint64_t taken = 0;
  double taking = bench::seconds([&] { taken = take_all(open); });
  if (taken != groups * samples || open.groups() != groups) return 1;
  auto count = static_cast<double>(taken);
  std::printf(
      "{\"groups\": %llu, \"samples\": %llu, \"bytes_per_group\": %.0f, \"peak_mib\": %.0f, \"add_ns\": %.0f, "
      "\"take_ns\": %.0f}\n",
      static_cast<unsigned long long>(groups), static_cast<unsigned long long>(taken),
      static_cast<double>(held) / static_cast<double>(groups), static_cast<double>(peak_bytes()) / (1024 * 1024),
      adding / count * 1e9, taking / count * 1e9
  );
  return 0;
}
