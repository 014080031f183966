// Bodies in, normalized measurements as JSON text out, next to Boost.JSON's own DOM parse of the same bodies, in turns;
// then by two workers, which share nothing that changes: each has its own templates and its own document.
// normalize_bench BODIES MAPPING PLUGINS [ROUNDS]  prints one JSON object.
#include <chrono>
#include <cstdio>
#include <cstdlib>
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

struct Worker {
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

// Each worker takes an equal run of bodies, so that their texts one after the other are the text of one worker.
void share_out(std::vector<Worker>& workers, std::size_t count, Bodies bodies) {
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t from = bodies.size() * i / count;
    std::size_t to = bodies.size() * (i + 1) / count;
    threads.emplace_back([&workers, i, share = bodies.subspan(from, to - from)] { workers[i].collect(share); });
  }
}

template <class Work>
double seconds_on_the_wall(Work&& work) {
  auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// How many times as fast two workers are; exits where what they give differs from what one gives.
double two_workers(std::vector<Worker>& workers, Bodies bodies, int rounds) {
  workers[0].collect(bodies);
  std::string alone = workers[0].sink.text;
  share_out(workers, 2, bodies);
  if (workers[0].sink.text + workers[1].sink.text != alone) {
    std::fprintf(stderr, "two workers gave something else than one\n");
    std::exit(1);
  }
  std::vector<double> gains;
  for (int i = 0; i < rounds; ++i) {
    double one = seconds_on_the_wall([&] { share_out(workers, 1, bodies); });
    gains.push_back(one / seconds_on_the_wall([&] { share_out(workers, 2, bodies); }));
  }
  return bench::median(gains);
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
  std::printf(
      "{\"messages_per_s\": %.0f, \"dom_parse_per_s\": %.0f, \"ratio_to_dom\": %.3f, \"allocations_per_message\": "
      "%.3f, "
      "\"messages\": %zu, \"measurements\": %llu, \"us_per_message\": %.3f, \"two_workers\": %.2f}\n",
      count / found.work, count / found.parse, found.ratio, found.allocations / count, bodies.size(),
      static_cast<unsigned long long>(measurements), found.work / count * 1e6, two_workers(workers, bodies, rounds)
  );
  return 0;
}
