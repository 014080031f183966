// Bodies in, normalized measurements as JSON text out, next to Boost.JSON's own DOM parse of the same bodies, in turns;
// then by two workers, which share nothing that changes: each has its own templates and its own document.
// normalize_bench BODIES MAPPING PLUGINS [ROUNDS]  prints one JSON object.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <span>
#include <thread>

#include "core/document/document.hpp"
#include "core/mapping/device_mapping.hpp"
#include "core/plugin/templates.hpp"
#include "tests/bench/measure.hpp"

namespace {

using namespace aorta;
using Bodies = std::span<const std::string>;

class JsonSink : public mapping::MeasurementSink {
 public:
  void add(const mapping::MeasurementView& measurement) override {
    mapping::append_json(text, measurement, std::nullopt);
    ++measurements;
  }
  std::string text;
  std::uint64_t measurements = 0;
};

// On cache lines of its own.
struct alignas(64) Worker {
  mapping::DeviceMapping mapping;
  document::Document document;
  JsonSink sink;

  void normalize(const std::string& body) {
    if (!document.read_envelope({body, {}, {}}).has_error() && !mapping.normalize(document, sink).has_error()) return;
    std::fprintf(stderr, "a message failed: %s\n", body.c_str());
    std::exit(1);
  }
  // Each message's text is let go before the next.
  void normalize_all(Bodies bodies) {
    for (const std::string& body : bodies) {
      sink.text.clear();
      normalize(body);
    }
  }
  // All that the bodies give, in one text.
  void collect(Bodies bodies) {
    sink.text.clear();
    for (const std::string& body : bodies) normalize(body);
  }
};

// work(i, bodies) by thread i, each with an equal run of the bodies, so that what they give one after the other is what
// one gives; `laps` times. Seconds on the wall.
template <class Work>
double share_out(std::size_t threads, Bodies bodies, int laps, const Work& work) {
  auto start = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> running;
    for (std::size_t i = 0; i < threads; ++i) {
      std::size_t from = bodies.size() * i / threads;
      Bodies share = bodies.subspan(from, bodies.size() * (i + 1) / threads - from);
      running.emplace_back([&work, i, share, laps] {
        for (int lap = 0; lap < laps; ++lap) work(i, share);
      });
    }
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// How many times as fast two threads are as one: the best turn of each counts, because what else the machine does only
// ever takes away. A turn is so long that to wake a thread counts nothing.
class Gain {
 public:
  using Work = std::function<void(std::size_t, Bodies)>;
  Gain(Bodies bodies, Work work) : bodies_(bodies), work_(std::move(work)) {
    constexpr double kLeastSeconds = 0.2;
    laps_ = 1 + static_cast<int>(kLeastSeconds / share_out(1, bodies_, 1, work_));
  }
  void measure() {
    for (std::size_t threads : {1u, 2u}) {
      double& best = best_[threads - 1];
      best = std::min(best, share_out(threads, bodies_, laps_, work_));
    }
  }
  double of_two() const { return best_[0] / best_[1]; }

 private:
  Bodies bodies_;
  Work work_;
  int laps_ = 1;
  std::array<double, 2> best_{1e9, 1e9};
};

// Exits where what two workers give differs from what one gives.
void expect_the_same(std::vector<Worker>& workers, Bodies bodies) {
  auto collect = [&workers](std::size_t i, Bodies share) { workers[i].collect(share); };
  workers[0].collect(bodies);
  std::string alone = workers[0].sink.text;
  share_out(2, bodies, 1, collect);
  if (workers[0].sink.text + workers[1].sink.text == alone) return;
  std::fprintf(stderr, "two workers gave something else than one\n");
  std::exit(1);
}

struct Gains {
  double workers, parsers;
};

// Two workers, and in turns with them what this machine gives to two threads that have nothing to do with Aorta.
Gains gains_of_two(std::vector<Worker>& workers, Bodies bodies, int rounds) {
  expect_the_same(workers, bodies);
  std::atomic<std::uint64_t> kept{0};
  Gain work(bodies, [&workers](std::size_t i, Bodies share) { workers[i].normalize_all(share); });
  Gain parse(bodies, [&kept](std::size_t, Bodies share) {
    kept.fetch_add(bench::parse_all(share), std::memory_order_relaxed);
  });
  for (int i = 0; i < rounds; ++i) {
    work.measure();
    parse.measure();
  }
  return {work.of_two(), parse.of_two()};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  std::vector<std::string> bodies = bench::read_lines(argv[1]);
  int rounds = argc > 4 ? std::atoi(argv[4]) : 5;
  plugin::Registry registry({argv[3]});
  plugin::PluginTemplateFactory factory(registry, {});
  std::vector<Worker> workers(2);
  for (Worker& worker : workers) {
    worker.mapping = mapping::load_device_mapping(bench::read_file(argv[2]), factory);
    if (!worker.mapping.problems.empty() || bodies.empty()) return 1;
  }
  bench::Against found = bench::against_parse(bodies, rounds, [&] {
    workers[0].sink.measurements = 0;
    workers[0].normalize_all(bodies);
  });
  auto count = static_cast<double>(bodies.size());
  std::uint64_t measurements = workers[0].sink.measurements;
  Gains gains = gains_of_two(workers, bodies, rounds);
  std::printf(
      "{\"messages_per_s\": %.0f, \"dom_parse_per_s\": %.0f, \"ratio_to_dom\": %.3f, \"allocations_per_message\": "
      "%.3f, "
      "\"messages\": %zu, \"measurements\": %llu, \"us_per_message\": %.3f, \"two_workers\": %.2f, \"two_parsers\": "
      "%.2f}\n",
      count / found.work, count / found.parse, found.ratio, found.allocations / count, bodies.size(),
      static_cast<unsigned long long>(measurements), found.work / count * 1e6, gains.workers, gains.parsers
  );
  return 0;
}
