// What a process of its own costs a record: the same batches through the same mapping, here and in a worker, in turns.
// isolation_bench AORTA BODIES MAPPING PLUGINS [ROUNDS]  prints one JSON object.
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "core/group/member.hpp"
#include "core/pipeline/adapters.hpp"
#include "core/plugin/templates.hpp"
#include "core/plugin/worker/isolated_mapping.hpp"
#include "tests/bench/measure.hpp"

namespace {

using namespace aorta;
using Jobs = std::span<pipeline::NormalizeJob>;
constexpr std::size_t kBatch = 100;

// Keeps the measurements of a batch as the engine does.
class Kept : public mapping::MeasurementSink {
 public:
  void add(const mapping::MeasurementView& measurement) override { all.add(measurement, std::nullopt, 0); }
  group::MemberBuffer all;
};

template <class Work>
double wall_seconds(Work&& work) {
  auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Of all workers that have ended.
double seconds_of_workers() {
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);
  auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// As a thread of NormalizePool does while there is always a batch to take up.
class Batches {
 public:
  explicit Batches(const std::vector<std::string>& bodies) : records_(bodies.size()) {
    for (std::size_t i = 0; i < bodies.size(); ++i) {
      records_[i].body = bodies[i];
      jobs_.push_back({&records_[i], &kept_[i / kBatch % kept_.size()]});
    }
  }
  void normalize(pipeline::NormalizePort& port) {
    std::size_t begun = 0, finished = 0;
    for (Jobs left = jobs_; !left.empty() || finished < begun;) {
      if (!left.empty() && begun - finished < port.depth()) {
        kept_[begun++ % kept_.size()].all.clear();
        port.begin(left.first(std::min(kBatch, left.size())));
        left = left.subspan(std::min(kBatch, left.size()));
      } else {
        port.finish();
        ++finished;
      }
    }
  }

 private:
  std::vector<plugin::Record> records_;
  std::vector<pipeline::NormalizeJob> jobs_;
  std::array<Kept, plugin::worker::IsolatedMapping::kDepth> kept_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) return 2;
  std::vector<std::string> bodies = bench::read_lines(argv[2]);
  std::string text = bench::read_file(argv[3]);
  int rounds = argc > 5 ? std::atoi(argv[5]) : 5;
  plugin::Registry registry({argv[4]});
  plugin::PluginTemplateFactory factory(registry, {});
  pipeline::TrailingText trailing_text([](std::string_view) {});
  mapping::DeviceMapping mapping = mapping::load_device_mapping(text, factory);
  if (!mapping.problems.empty()) return 1;
  pipeline::MappingNormalizer here(std::move(mapping), trailing_text);
  plugin::Surroundings apart{.name = "bench"};
  apart.isolation.emplace();
  apart.isolation->program = argv[1];
  auto falls = std::make_shared<plugin::worker::Falls>(1);
  (void)plugin::worker::IsolatedMapping::open(registry, text, apart, falls);
  double start_of_worker = seconds_of_workers();
  auto opened = plugin::worker::IsolatedMapping::open(registry, text, apart, falls);
  if (opened.has_error()) return 1;
  auto there = std::make_unique<pipeline::IsolatedNormalizer>(std::move(*opened), trailing_text);

  Batches batches(bodies);
  auto normalize_here = [&] { batches.normalize(here); };
  auto normalize_there = [&] { batches.normalize(*there); };
  normalize_here();
  normalize_there();
  std::vector<double> with, without, added, processor_here, processor_host;
  auto count = static_cast<double>(bodies.size());
  for (int i = 0; i < rounds; ++i) {
    processor_here.push_back(
        bench::seconds([&] { without.push_back(wall_seconds(normalize_here) / count * 1e6); }) / count * 1e6
    );
    processor_host.push_back(
        bench::seconds([&] { with.push_back(wall_seconds(normalize_there) / count * 1e6); }) / count * 1e6
    );
    added.push_back(with.back() - without.back());
  }
  there.reset();
  double processor_worker = (seconds_of_workers() - 2 * start_of_worker) / (count * (rounds + 1)) * 1e6;
  double processor_apart = bench::median(processor_host) + processor_worker;
  std::printf(
      "{\"messages_per_s\": %.0f, \"us_in_process\": %.3f, \"us_isolated\": %.3f, \"us_added\": %.3f, "
      "\"processor_us_in_process\": %.3f, \"processor_us_host\": %.3f, \"processor_us_worker\": %.3f, "
      "\"processor_us_added\": %.3f, \"batch\": %zu}\n",
      1e6 / bench::median(with), bench::median(without), bench::median(with), bench::median(added),
      bench::median(processor_here), bench::median(processor_host), processor_worker,
      processor_apart - bench::median(processor_here), kBatch
  );
  return 0;
}
