// Bodies in, normalized measurements as JSON text out, next to Boost.JSON's own DOM parse of the same bodies, in turns.
// normalize_bench BODIES MAPPING PLUGINS [ROUNDS]  prints one JSON object.
#include <algorithm>
#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <new>
#include <sstream>
#include <string>
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

template <class Work>
double seconds(Work&& work) {
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

void normalize_all(const std::vector<std::string>& bodies, const mapping::DeviceMapping& mapping, document::Document& document, JsonSink& sink) {
  for (const std::string& body : bodies) {
    sink.text.clear();
    if (document.read_envelope({body, {}, {}}).has_error() || mapping.normalize(document, sink).has_error()) {
      std::fprintf(stderr, "a message failed: %s\n", body.c_str());
      std::exit(1);
    }
  }
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
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
  double count = static_cast<double>(bodies.size());
  std::printf(
      "{\"messages_per_s\": %.0f, \"dom_parse_per_s\": %.0f, \"ratio_to_dom\": %.3f, \"allocations_per_message\": %.3f, "
      "\"messages\": %zu, \"measurements\": %llu, \"us_per_message\": %.3f}\n",
      count / median(normalize), count / median(parse), median(ratio), per_message, bodies.size(),
      static_cast<unsigned long long>(measurements), median(normalize) / count * 1e6);
  return kept == 0;
}
