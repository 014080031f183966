#include "tests/bench/measure.hpp"

#include <algorithm>
#include <atomic>
#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <new>
#include <sstream>

namespace {

std::atomic<std::uint64_t> asked{0};

}  // namespace

void* operator new(std::size_t size) {
  asked.fetch_add(1, std::memory_order_relaxed);
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace aorta::bench {

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

std::uint64_t allocations() { return asked.load(std::memory_order_relaxed); }

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::uint64_t parse_all(std::span<const std::string> bodies) {
  thread_local unsigned char buffer[64 * 1024];
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

}  // namespace aorta::bench
