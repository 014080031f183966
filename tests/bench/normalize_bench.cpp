// Bodies in, normalized measurements as JSON text out, next to Boost.JSON's own DOM parse of the same bodies, in turns;
// then by two workers, which share nothing that changes: each has its own templates and its own document.
// normalize_bench BODIES MAPPING PLUGINS [ROUNDS]  prints one JSON object.
#include <algorithm>
#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <new>
#include <span>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "core/document/document.hpp"
#include "core/mapping/device_mapping.hpp"
#include "core/plugin/templates.hpp"

namespace {

std::atomic<std::uint64_t> allocations{0};

}  // namespace

void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace {

using namespace aorta;
using Clock = std::chrono::steady_clock;

std::string read_file(const char* path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<std::string> read_lines(const char* path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

class JsonSink : public mapping::MeasurementSink {
 public:
  void add(const mapping::MeasurementView& measurement) override {
    mapping::append_json(text, measurement, std::nullopt);
    ++measurements;
  }
  std::string text;
  std::uint64_t measurements = 0;
};

double cpu_now() {
  std::timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Of this thread's processor time: what else runs on the machine counts little.
template <class Work>
double seconds(Work&& work) {
  double start = cpu_now();
  work();
  return cpu_now() - start;
}

template <class Work>
double seconds_on_the_wall(Work&& work) {
  auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::uint64_t parse_all(const std::vector<std::string>& bodies) {
  static unsigned char buffer[64 * 1024];
  boost::json::parser parser;
  std::uint64_t sum = 0;
  for (const std::string& body : bodies) {
    boost::json::monotonic_resource resource(buffer, sizeof buffer);
    parser.reset(&resource);
    parser.write(body);
    sum += parser.release().as_object().size();
  }
  return sum;
}

using Bodies = std::span<const std::string>;

void normalize_one(
    const std::string& body, const mapping::DeviceMapping& mapping, document::Document& document, JsonSink& sink
) {
  if (!document.read_envelope({body, {}, {}}).has_error() && !mapping.normalize(document, sink).has_error()) return;
  std::fprintf(stderr, "a message failed: %s\n", body.c_str());
  std::exit(1);
}

void normalize_all(Bodies bodies, const mapping::DeviceMapping& mapping, document::Document& document, JsonSink& sink) {
  for (const std::string& body : bodies) {
    sink.text.clear();
    normalize_one(body, mapping, document, sink);
  }
}

struct Worker {
  mapping::DeviceMapping mapping;
  document::Document document;
  JsonSink sink;

  // All that the bodies give, in one text.
  void collect(Bodies bodies) {
    sink.text.clear();
    for (const std::string& body : bodies) normalize_one(body, mapping, document, sink);
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

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
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
  return median(gains);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  std::vector<std::string> bodies = read_lines(argv[1]);
  int rounds = argc > 4 ? std::atoi(argv[4]) : 5;
  plugin::Registry registry({argv[3]});
  plugin::PluginTemplateFactory factory(registry, {});
  mapping::DeviceMapping mapping = mapping::load_device_mapping(read_file(argv[2]), factory);
  if (!mapping.problems.empty() || bodies.empty()) return 1;
  document::Document document;
  JsonSink sink;
  normalize_all(bodies, mapping, document, sink);  // to the steady state
  std::uint64_t before = allocations;
  sink.measurements = 0;
  normalize_all(bodies, mapping, document, sink);
  double per_message = static_cast<double>(allocations - before) / static_cast<double>(bodies.size());
  std::uint64_t measurements = sink.measurements;
  std::vector<double> normalize, parse, ratio;
  std::uint64_t kept = 0;
  for (int i = 0; i < rounds; ++i) {
    parse.push_back(seconds([&] { kept += parse_all(bodies); }));
    normalize.push_back(seconds([&] { normalize_all(bodies, mapping, document, sink); }));
    ratio.push_back(normalize.back() / parse.back());
  }
  std::vector<Worker> workers(2);
  for (Worker& worker : workers) worker.mapping = mapping::load_device_mapping(read_file(argv[2]), factory);
  double gain = two_workers(workers, bodies, rounds);
  double count = static_cast<double>(bodies.size());
  std::printf(
      "{\"messages_per_s\": %.0f, \"dom_parse_per_s\": %.0f, \"ratio_to_dom\": %.3f, \"allocations_per_message\": "
      "%.3f, "
      "\"messages\": %zu, \"measurements\": %llu, \"us_per_message\": %.3f, \"two_workers\": %.2f}\n",
      count / median(normalize), count / median(parse), median(ratio), per_message, bodies.size(),
      static_cast<unsigned long long>(measurements), median(normalize) / count * 1e6, gain
  );
  return kept == 0;
}
