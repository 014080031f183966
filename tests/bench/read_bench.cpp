// Reads each line of an NDJSON file as a message body, with the host's reader and with Boost.JSON's DOM parser side by
// side, and prints the median times and their ratio. Both keep their memory between messages.
#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "core/document/document.hpp"

namespace {

constexpr int kRounds = 5;
constexpr int kPasses = 10;

std::vector<std::string> lines_of(const char* path) {
  std::vector<std::string> out;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

template <class Read>
double nanoseconds_per_message(const std::vector<std::string>& messages, Read read) {
  auto start = std::chrono::steady_clock::now();
  for (int pass = 0; pass < kPasses; ++pass) {
    for (const std::string& message : messages) read(message);
  }
  std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  return took.count() / static_cast<double>(messages.size() * kPasses);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> messages = argc > 1 ? lines_of(argv[1]) : std::vector<std::string>();
  if (messages.empty()) {
    std::fprintf(stderr, "usage: read_bench FILE.ndjson (a file with at least one message)\n");
    return 2;
  }
  aorta::document::Document document;
  boost::json::parser parser;
  std::vector<unsigned char> buffer(std::size_t{1} << 20);
  std::uint64_t sum = 0;
  std::vector<double> ours;
  std::vector<double> theirs;
  for (int round = 0; round < kRounds; ++round) {
    ours.push_back(nanoseconds_per_message(messages, [&](const std::string& message) {
      if (document.read_envelope({message, {}, {}})) sum += document.root().span;
    }));
    theirs.push_back(nanoseconds_per_message(messages, [&](const std::string& message) {
      boost::json::monotonic_resource memory(buffer.data(), buffer.size());
      parser.reset(&memory);
      parser.write(message);
      sum += parser.release().is_object() ? 1U : 0U;
    }));
  }
  std::printf(
      "reader %.0f ns, Boost.JSON DOM %.0f ns per message, ratio %.2f (%zu messages, median of %d, check %llu)\n",
      median(ours), median(theirs), median(ours) / median(theirs), messages.size(), kRounds,
      static_cast<unsigned long long>(sum)
  );
}
