#include "core/journal/journal.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "tests/support/plugin_folder.hpp"
#include "tests/unit/journal/journal_support.hpp"

using namespace aorta;
using namespace aorta::journal;
using namespace aorta::journal::test;

namespace {

void settle_all(Journal& journal, const std::map<std::uint64_t, std::string>& read, End end = End::Written) {
  for (const auto& [sequence, text] : read) journal.settle(sequence, end);
}

}  // namespace

TEST_CASE("journal: gives every part of a message back, absent told from empty", "[journal]") {
  FakeDisk disk;
  auto journal = open(disk);
  Message in;
  in.body = "{}";
  in.content_type = "application/json";
  in.properties = "";
  in.rejected_reason = "source/odd";
  in.rejected_message = "it is odd";
  in.enqueued_ticks = 638'000'000'000'000'000;
  in.operation = 2;
  REQUIRE(journal->append(std::span(&in, 1)).has_value());
  int seen = 0;
  auto take = [&](std::uint64_t sequence, const Message& out) {
    ++seen;
    CHECK(sequence == 1);
    CHECK(out.body == "{}");
    CHECK(out.content_type == "application/json");
    CHECK(out.properties.data() != nullptr);
    CHECK(out.properties.empty());
    CHECK(out.system_properties.data() == nullptr);
    CHECK(out.rejected_reason == "source/odd");
    CHECK(out.rejected_message == "it is odd");
    CHECK(out.enqueued_ticks == in.enqueued_ticks);
    CHECK(out.operation == 2);
  };
  REQUIRE(journal->read(10, 1000, take).has_value());
  CHECK(seen == 1);
}

TEST_CASE("journal: what has not ended comes again, what has ended does not", "[journal]") {
  FakeDisk disk;
  {
    auto journal = open(disk);
    REQUIRE(append(*journal, {"a", "b", "c", "d"}).has_value());
    CHECK(bodies_of(read_all(*journal)) == Bodies{"a", "b", "c", "d"});
    journal->settle(1, End::Written);
    journal->settle(2, End::DeadLettered);
    journal->settle(4, End::Filtered);  // not in the contiguous prefix
    CHECK(journal->counts().waiting == 2);
  }
  auto journal = open(disk);
  CHECK(journal->recovered().waiting == 2);
  CHECK(journal->recovered().damage.empty());
  CHECK(bodies_of(read_all(*journal)) == Bodies{"c", "d"});
  JournalCounts counts = journal->counts();
  CHECK(counts.accepted == 4);
  CHECK(counts.totals == Totals{.written = 1, .dead_lettered = 1});
  CHECK(counts.balanced());
}

TEST_CASE("journal: segments are freed from the front once all of them has ended", "[journal]") {
  FakeDisk disk;
  auto journal = open(disk, options(1000));
  for (std::uint64_t i = 1; i <= 40; ++i) REQUIRE(append(*journal, {body(i, 100)}).has_value());
  std::uint64_t full = journal->counts().segments;
  CHECK(full > 5);
  auto read = read_all(*journal);
  for (std::uint64_t i = 1; i <= 20; ++i) journal->settle(i, End::Written);
  REQUIRE(journal->tidy().has_value());
  CHECK(journal->counts().segments < full);
  CHECK(disk.paths().size() == journal->counts().segments);
  settle_all(*journal, read);
  REQUIRE(journal->tidy().has_value());
  CHECK(journal->counts().segments == 1);
  CHECK(journal->counts().bytes < 2000);
  journal.reset();
  journal = open(disk, options(1000));
  CHECK(journal->recovered().unreadable == 0);
  CHECK(journal->recovered().waiting == 0);
  CHECK(read_all(*journal).empty());
  CHECK(journal->counts().accepted == 40);
  CHECK(journal->counts().balanced());
  REQUIRE(append(*journal, {"next"}).has_value());
  CHECK(read_all(*journal) == std::map<std::uint64_t, std::string>{{41, "next"}});
}

TEST_CASE("journal: a segment goes only once a note says how its messages ended", "[journal]") {
  FakeDisk disk;
  auto journal = open(disk, options(1000));
  for (std::uint64_t i = 1; i <= 40; ++i) REQUIRE(append(*journal, {body(i, 100)}).has_value());
  auto read = read_all(*journal);
  for (std::uint64_t i = 1; i <= 20; ++i) journal->settle(i, End::Written);
  disk.on_sync = [&] { settle_all(*journal, read, End::Merged); };  // while the note is being written
  REQUIRE(journal->tidy().has_value());
  disk.on_sync = nullptr;
  FakeDisk after;  // a crash
  disk.copy_to(after);
  auto again = open(after, options(1000));
  CHECK(again->recovered().unreadable == 0);
  CHECK(again->recovered().waiting == 20);
  CHECK(again->counts().totals == Totals{.written = 20});
  CHECK(read_all(*again).size() == 20);
}

TEST_CASE("journal: reads what is appended while it reads, over segment borders", "[journal]") {
  aorta::test::Folder folder;
  JournalOptions on_disk = options(4096);
  on_disk.folder = folder.path().string() + "/journal";
  on_disk.durability = Durability::None;
  auto journal = open(system_disk(), on_disk);
  constexpr std::uint64_t kMessages = 5000;
  std::thread writer([&] {
    for (std::uint64_t i = 1; i <= kMessages; i += 2) {
      if (append(*journal, {body(i), body(i + 1)}).has_error()) return;
      if (i % 100 == 1) (void)journal->tidy();
    }
  });
  std::uint64_t next = 1;
  while (next <= kMessages && journal->wait(std::chrono::seconds(10))) {
    auto done = journal->read(50, 1 << 20, [&](std::uint64_t sequence, const Message& message) {
      if (sequence == next && message.body == body(next)) ++next;
      journal->settle(sequence, End::Written);
    });
    REQUIRE(done.has_value());
  }
  writer.join();
  CHECK(next == kMessages + 1);
  REQUIRE(journal->tidy().has_value());
  CHECK(journal->counts().segments <= 2);
  CHECK(journal->counts().balanced());
}

TEST_CASE("journal: is bounded by bytes, and takes more once there is room", "[journal]") {
  FakeDisk disk;
  JournalOptions small = options(1000);
  small.max_bytes = 5000;
  auto journal = open(disk, small);
  Result<void> done;
  std::uint64_t taken = 0;
  while ((done = append(*journal, {body(taken, 100)})).has_value()) ++taken;
  CHECK(done.error().reason() == "journal-full");
  CHECK(done.error().retryable());
  CHECK(journal->counts().bytes <= 5000);
  settle_all(*journal, read_all(*journal));
  REQUIRE(journal->tidy().has_value());
  CHECK(append(*journal, {"more"}).has_value());
}

TEST_CASE("journal: is bounded by age", "[journal]") {
  FakeDisk disk;
  JournalOptions young = options();
  young.max_age = std::chrono::milliseconds(1);
  auto journal = open(disk, young);
  REQUIRE(append(*journal, {"a"}).has_value());
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  CHECK(append(*journal, {"b"}).error().reason() == "journal-too-old");
  settle_all(*journal, read_all(*journal));
  CHECK(append(*journal, {"b"}).has_value());
}

TEST_CASE("journal: durable means synced before append returns; one sync for a batch", "[journal]") {
  FakeDisk disk;
  auto journal = open(disk);
  REQUIRE(append(*journal, {"a", "b", "c"}).has_value());
  CHECK(journal->counts().syncs == 1);
  JournalOptions relaxed = options();
  relaxed.folder = "r";
  relaxed.durability = Durability::Relaxed;
  FakeDisk other;
  auto lazy = open(other, relaxed);
  REQUIRE(append(*lazy, {"a"}).has_value());
  CHECK(lazy->counts().syncs == 0);
  REQUIRE(lazy->close().has_value());
  CHECK(lazy->counts().syncs == 1);
}

TEST_CASE("journal: a failed sync is final for its segment, and nothing of the batch counts", "[journal]") {
  FakeDisk disk;
  {
    auto journal = open(disk);
    REQUIRE(append(*journal, {"a"}).has_value());
    disk.fail_at = disk.calls + 2;  // write, sync
    CHECK(append(*journal, {"b"}).error().reason() == "disk-failed");
    CHECK(disk.failed_calls == std::set<std::string>{"sync"});
    CHECK(journal->counts().segments == 1);
    REQUIRE(append(*journal, {"c"}).has_value());
    CHECK(journal->counts().segments == 2);
    CHECK(bodies_of(read_all(*journal)) == Bodies{"a", "c"});
  }
  CHECK(bodies_of(read_all(*open(disk))) == Bodies{"a", "c"});
}

TEST_CASE("journal: what a given-up segment still holds does not count", "[journal]") {
  FakeDisk disk;
  disk.short_writes = false;
  {
    auto journal = open(disk);
    REQUIRE(append(*journal, {"a"}).has_value());
    disk.fail_at = disk.calls + 2;
    disk.stay = true;  // neither sync nor truncate
    CHECK(append(*journal, {"b"}).has_error());
    disk.fail_at = 0;
    REQUIRE(append(*journal, {"c"}).has_value());
  }
  auto journal = open(disk);
  CHECK(journal->recovered().unreadable == 0);
  CHECK(read_all(*journal) == std::map<std::uint64_t, std::string>{{1, "a"}, {2, "c"}});
}

TEST_CASE("journal: a full disk refuses cleanly, and takes more as soon as there is room", "[journal]") {
  FakeDisk disk;
  auto journal = open(disk, options(2000));
  for (std::uint64_t i = 1; i <= 30; ++i) REQUIRE(append(*journal, {body(i, 100)}).has_value());
  disk.room = 5000;
  for (int i = 0; i < 50; ++i) CHECK(append(*journal, {body(99, 500)}).error().reason() == "disk-full");
  CHECK(journal->counts().failures == 50);
  CHECK(disk.paths().size() == journal->counts().segments);
  settle_all(*journal, read_all(*journal));
  (void)journal->tidy();  // frees though no note can be written
  CHECK(append(*journal, {"room"}).has_value());
  journal.reset();
  disk.room = UINT64_MAX;
  auto again = open(disk, options(2000));
  CHECK(bodies_of(read_all(*again)) == Bodies{"room"});
  CHECK(again->recovered().unreadable == 0);
}

TEST_CASE("journal: two do not share a folder", "[journal]") {
  aorta::test::Folder folder;
  JournalOptions here = options();
  here.folder = folder.path().string();
  auto journal = open(system_disk(), here);
  CHECK(Journal::open(system_disk(), here).error().reason() == "journal-in-use");
  journal.reset();
  CHECK(Journal::open(system_disk(), here).has_value());
}

TEST_CASE("journal: answers are remembered by key, over restarts and freed segments, within a window", "[journal]") {
  FakeDisk disk;
  JournalOptions window = options(1000);
  window.receipts.max_count = 3;
  {
    auto journal = open(disk, window);
    REQUIRE(append(*journal, {"a", "b"}, {{.end = 2, .count = 2, .key = "k1", .answer = "two"}}).has_value());
    REQUIRE(append(*journal, {"c"}, {{.end = 1, .count = 1, .key = "k2", .answer = "one"}}).has_value());
    for (std::uint64_t i = 0; i < 30; ++i) REQUIRE(append(*journal, {body(i, 100)}).has_value());
    settle_all(*journal, read_all(*journal));
    REQUIRE(journal->tidy().has_value());
    CHECK(journal->counts().segments <= 2);
  }
  auto journal = open(disk, window);
  CHECK(journal->answer("k1") == std::optional<std::string>("two"));
  CHECK(journal->answer("k2") == std::optional<std::string>("one"));
  CHECK_FALSE(journal->answer("k3").has_value());
  for (int i = 3; i < 5; ++i) {
    std::string key = "k" + std::to_string(i);
    REQUIRE(append(*journal, {"x"}, {{.end = 1, .count = 1, .key = key, .answer = "x"}}).has_value());
  }
  CHECK_FALSE(journal->answer("k1").has_value());
  CHECK(journal->answer("k4").has_value());
}

TEST_CASE("journal: many answers in small segments are not written again and again", "[journal]") {
  FakeDisk disk;
  JournalOptions window = options(1000);
  window.receipts.max_count = 500;
  auto journal = open(disk, window);
  std::uint64_t sent = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string key = "key-" + std::to_string(i), text = body(static_cast<std::uint64_t>(i), 100);
    REQUIRE(append(*journal, {text}, {{.end = 1, .count = 1, .key = key, .answer = "taken"}}).has_value());
    sent += text.size();
    settle_all(*journal, read_all(*journal));
    REQUIRE(journal->tidy().has_value());
  }
  CHECK(disk.written < 8 * sent);  // with notes, frames and receipts four times, and the room of each segment
  CHECK(journal->counts().bytes < 400'000);
  journal.reset();
  journal = open(disk, window);
  CHECK(journal->answer("key-2999").has_value());
  CHECK(journal->answer("key-2500").has_value());
  CHECK_FALSE(journal->answer("key-2499").has_value());
}

TEST_CASE("journal: a later release's is refused and left as it is", "[journal]") {
  FakeDisk disk;
  { REQUIRE(append(*open(disk), {"a"}).has_value()); }
  std::string path = disk.paths().front();
  Head head{.version = kVersion + 1, .begun_ticks = 0, .note = {}};
  std::string text = "aorta-journal/2\n";
  std::size_t payload = begin_frame(text);
  write_head(text, head);
  std::uint64_t salt = std::stoull(path.substr(path.find('-') + 1, 16), nullptr, 16);
  end_frame(text, payload, FrameKind::Head, 0, {salt, kPreamble.size()});
  disk.content(path) = text;
  CHECK(Journal::open(disk, options()).error().reason() == "journal-version");
  CHECK(disk.content(path) == text);
}

TEST_CASE("journal: answers to keys leave room for messages", "[journal]") {
  FakeDisk disk;
  JournalOptions small = options(2000);
  small.max_bytes = 16'000;
  auto journal = open(disk, small);
  const std::string long_key(250, 'k');
  for (int i = 0; i < 500; ++i) {
    std::string key = long_key + std::to_string(i);
    REQUIRE(append(*journal, {"m"}, {{.end = 1, .count = 1, .key = key, .answer = "taken"}}).has_value());
    for (const auto& [sequence, text] : read_all(*journal)) journal->settle(sequence, End::Written);
    REQUIRE(journal->tidy().has_value());
  }
  CHECK(journal->answer(long_key + "499").has_value());
  CHECK_FALSE(journal->answer(long_key + "400").has_value());
}
