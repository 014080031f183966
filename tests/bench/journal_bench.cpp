// journal_bench FOLDER BYTES: fills a journal with messages that have not ended, and tells how long it takes to open it
// and to read them all, as JSON.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "core/journal/journal.hpp"

namespace {

using namespace aorta;
using namespace aorta::journal;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::unique_ptr<Journal> open(const std::string& folder, std::uint64_t bytes) {
  JournalOptions options;
  options.folder = folder;
  options.max_bytes = 2 * bytes;
  options.durability = Durability::None;
  auto opened = Journal::open(system_disk(), options);
  if (opened.has_value()) return std::move(*opened);
  std::fprintf(stderr, "%s\n", opened.error().text().c_str());
  std::exit(EXIT_FAILURE);
}

void fill(Journal& journal, std::uint64_t bytes) {
  std::string body(300, 'x');
  std::vector<Message> batch(1000);
  for (Message& message : batch) message.body = body;
  while (journal.counts().bytes < bytes && journal.append(batch).has_value()) {
  }
}

std::uint64_t read_all(Journal& journal) {
  std::uint64_t messages = 0;
  for (std::uint64_t before = 1; before != messages;) {
    before = messages;
    auto done = journal.read(10'000, 64 << 20, [&](std::uint64_t sequence, const Message&) {
      ++messages;
      journal.settle(sequence, End::Written);
    });
    if (done.has_error()) std::exit(EXIT_FAILURE);
  }
  return messages;
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) return EXIT_FAILURE;
  std::uint64_t bytes = std::strtoull(words[2], nullptr, 10);
  fill(*open(words[1], bytes), bytes);
  Clock::time_point start = Clock::now();
  auto journal = open(words[1], bytes);
  double opened = seconds_since(start);
  std::uint64_t waiting = journal->recovered().waiting;
  start = Clock::now();
  std::uint64_t messages = read_all(*journal);
  double read = seconds_since(start);
  double gib = static_cast<double>(journal->recovered().bytes) / (1024.0 * 1024 * 1024);
  std::printf(
      R"({"messages": %llu, "waiting": %llu, "gib": %.3f, "open_s_per_gib": %.2f, "read_s_per_gib": %.2f})"
      "\n",
      static_cast<unsigned long long>(messages), static_cast<unsigned long long>(waiting), gib, opened / gib, read / gib
  );
  return messages == waiting ? EXIT_SUCCESS : EXIT_FAILURE;
}
