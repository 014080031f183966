// Damage, errors and power failures: nothing acknowledged is lost without being counted, nothing wrong comes out.
#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/unit/journal/journal_support.hpp"

using namespace aorta;
using namespace aorta::journal;
using namespace aorta::journal::test;

namespace {

// From one damaged place to the next. With FAULTS=all, as `./dev faults` has it, every byte is one.
std::size_t stride() {
  const char* faults = std::getenv("FAULTS");
  return faults != nullptr && std::string_view(faults) == "all" ? 1 : 11;
}

// 64 KiB in the first of two segments.
struct Filled {
  FakeDisk disk;
  Bodies bodies;
  std::string first, second;

  Filled() {
    auto journal = open(disk, options(64 * 1024));
    while (journal->counts().segments < 2) {
      Bodies batch;
      for (int i = 0; i < 5; ++i) batch.push_back(body(bodies.size() + batch.size(), 300 + 97 * batch.size()));
      REQUIRE(append(*journal, batch).has_value());
      bodies.insert(bodies.end(), batch.begin(), batch.end());
    }
    REQUIRE(journal->close().has_value());
    first = disk.paths()[0];
    second = disk.paths()[1];
  }
};

struct Found {
  std::map<std::uint64_t, std::string> read;
  Recovery report;
  JournalCounts counts;
};

Found recovered(const FakeDisk& from) {
  FakeDisk disk;
  from.copy_to(disk);
  auto journal = open(disk, options(64 * 1024));
  Found found{read_all(*journal), journal->recovered(), {}};
  for (const auto& [sequence, text] : found.read) journal->settle(sequence, End::Written);
  found.counts = journal->counts();
  return found;
}

// Every message that comes out is one that went in, under its number; the others are counted.
bool sound(const Found& found, const Bodies& bodies) {
  for (const auto& [sequence, text] : found.read) {
    if (sequence > bodies.size() || text != bodies[sequence - 1]) return false;
  }
  return found.read.size() + found.report.unreadable == bodies.size() && found.counts.balanced() &&
         found.counts.totals.unreadable == found.report.unreadable && found.counts.waiting == 0;
}

}  // namespace

TEST_CASE("journal damage: room that was made ahead is none, and is cut off; other bytes in it are torn", "[journal]") {
  FakeDisk disk, crashed, torn;
  auto journal = open(disk);
  REQUIRE(append(*journal, {body(1), body(2)}).has_value());
  disk.copy_to(crashed);
  disk.copy_to(torn);
  std::string path = disk.paths()[0];
  std::size_t written = journal->counts().bytes;
  CHECK(disk.content(path).size() == 64 * 1024);
  {
    auto again = open(crashed);
    CHECK(again->recovered().damage.empty());
    CHECK(crashed.content(path).size() == written);
    CHECK(read_all(*again).size() == 2);
  }
  torn.content(path)[written + 5000] = 'x';
  auto again = open(torn);
  REQUIRE(again->recovered().damage.size() == 1);
  CHECK(again->recovered().damage[0].torn);
  CHECK(again->recovered().damage[0].offset == written);
  CHECK(torn.content(path).size() == written);
  REQUIRE(journal->close().has_value());
  CHECK(disk.content(path).size() == journal->counts().bytes);
}

TEST_CASE("journal damage: a flipped byte is found, costs one message at most and is located", "[journal]") {
  Filled filled;
  std::string& text = filled.disk.content(filled.first);
  REQUIRE(text.size() > 60'000);
  std::size_t wrong = 0, unlocated = 0, lost = 0;
  for (std::size_t at = 0; at < text.size(); at += stride()) {
    text[at] = static_cast<char>(text[at] ^ (1 << (at % 8)));
    Found found = recovered(filled.disk);
    text[at] = static_cast<char>(text[at] ^ (1 << (at % 8)));
    if (!sound(found, filled.bodies) || found.report.unreadable > 1) ++wrong;
    lost += found.report.unreadable;
    bool located = found.report.damage.size() == 1 && found.report.damage[0].offset <= at &&
                   found.report.damage[0].offset + found.report.damage[0].bytes > at &&
                   filled.first.ends_with(found.report.damage[0].segment);
    if (!located) ++unlocated;
  }
  CHECK(wrong == 0);
  CHECK(unlocated == 0);
  CHECK(lost * stride() > text.size() * 9 / 10);  // nearly every byte belongs to a message
}

TEST_CASE("journal damage: a truncation of a segment that another follows is counted exactly", "[journal]") {
  Filled filled;
  std::string whole = filled.disk.content(filled.first);
  std::size_t wrong = 0;
  for (std::size_t size = 0; size < whole.size(); size += stride()) {
    filled.disk.content(filled.first) = whole.substr(0, size);
    if (!sound(recovered(filled.disk), filled.bodies)) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("journal damage: a truncation of the last segment leaves the messages before it", "[journal]") {
  Filled filled;
  REQUIRE(filled.disk.remove(filled.second).has_value());
  std::string whole = filled.disk.content(filled.first);
  std::size_t wrong = 0;
  for (std::size_t size = 0; size < whole.size(); size += stride()) {
    filled.disk.content(filled.first) = whole.substr(0, size);
    Found found = recovered(filled.disk);
    std::uint64_t expected = 1;
    for (const auto& [sequence, text] : found.read) {
      if (sequence != expected++ || text != filled.bodies[sequence - 1]) ++wrong;
    }
    if (!found.counts.balanced()) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("journal damage: a torn tail is cut off, told once, and written behind", "[journal]") {
  FakeDisk disk;
  { REQUIRE(append(*open(disk), {"a", "b"}).has_value()); }
  std::string path = disk.paths().front();
  disk.content(path) += std::string("half of a frame");
  std::size_t size = disk.content(path).size();
  {
    auto journal = open(disk);
    REQUIRE(journal->recovered().damage.size() == 1);
    CHECK(journal->recovered().damage[0].torn);
    CHECK(journal->recovered().damage[0].bytes == 15);
    CHECK(disk.content(path).size() == size - 15);
    REQUIRE(append(*journal, {"c"}).has_value());
  }
  auto journal = open(disk);
  CHECK(journal->recovered().damage.empty());
  CHECK(bodies_of(read_all(*journal)) == Bodies{"a", "b", "c"});
}

TEST_CASE("journal damage: frames within a message's body are never taken for messages", "[journal]") {
  FakeDisk disk;
  { REQUIRE(append(*open(disk), {"genuine"}).has_value()); }
  std::string forged = disk.content(disk.paths().front());
  FakeDisk other;
  {
    auto journal = open(other);
    REQUIRE(append(*journal, {forged, "behind"}).has_value());
  }
  std::string path = other.paths().front();
  std::string& text = other.content(path);
  text[text.find(forged) - 20] ^= 1;  // the header of its frame or what stands before the body
  auto journal = open(other);
  CHECK(bodies_of(read_all(*journal)) == Bodies{"behind"});
  CHECK(journal->recovered().unreadable == 1);
}

namespace {

// A life of a journal: appends, reads, settles, tidies, closes. What was acknowledged must come out of the next one.
struct Life {
  std::uint64_t sent = 0;
  std::map<std::string, bool> open_messages;  // acknowledged, and whether its end was told
  std::map<std::string, int> given;

  void live(Disk& disk, int steps, std::mt19937_64& chance) {
    auto opened = Journal::open(disk, options(1500));
    if (opened.has_error()) return;
    Journal& journal = **opened;
    std::map<std::uint64_t, std::string> taken;
    for (int i = 0; i < steps; ++i) step(journal, taken, chance);
    if (chance() % 3 == 0) (void)journal.close();
  }

  void step(Journal& journal, std::map<std::uint64_t, std::string>& taken, std::mt19937_64& chance) {
    switch (chance() % 5) {
      case 0:
      case 1:
        return send(journal, chance);
      case 2:
        return receive(journal, taken);
      case 3:
        return end_some(journal, taken, chance);
      default:
        (void)journal.tidy();
    }
  }

  void send(Journal& journal, std::mt19937_64& chance) {
    Bodies bodies;
    for (std::uint64_t i = 0; i <= chance() % 4; ++i) bodies.push_back(body(++sent, 30 + chance() % 700));
    if (append(journal, bodies).has_error()) return;
    for (const std::string& text : bodies) open_messages[text] = false;
  }

  void receive(Journal& journal, std::map<std::uint64_t, std::string>& taken) {
    (void)journal.read(3, 1 << 20, [&](std::uint64_t sequence, const Message& message) {
      taken[sequence] = std::string(message.body);
      ++given[std::string(message.body)];
    });
  }

  void end_some(Journal& journal, std::map<std::uint64_t, std::string>& taken, std::mt19937_64& chance) {
    for (auto it = taken.begin(); it != taken.end();) {
      if (chance() % 2 == 0) {
        ++it;
        continue;
      }
      journal.settle(it->first, End::Written);
      open_messages[it->second] = true;
      it = taken.erase(it);
    }
  }

  // Acknowledged messages whose end was not told, and that do not come again.
  std::size_t lost(Journal& journal) {
    auto read = read_all(journal);
    std::set<std::string> there;
    for (const auto& [sequence, text] : read) there.insert(text);
    return static_cast<std::size_t>(std::count_if(open_messages.begin(), open_messages.end(), [&](const auto& message) {
      return !message.second && there.count(message.first) == 0;
    }));
  }
};

}  // namespace

TEST_CASE("journal faults: an error at every call loses nothing that was acknowledged", "[journal]") {
  std::size_t lost = 0, unbalanced = 0, false_alarms = 0;
  std::set<std::string> met;
  for (bool stay : {false, true}) {
    for (std::uint64_t at = 1; at < 400; ++at) {
      FakeDisk disk;
      std::mt19937_64 chance(at / 40);
      Life life;
      life.live(disk, 20, chance);
      disk.fail_at = disk.calls + at;
      disk.stay = stay;
      life.live(disk, 60, chance);
      met.insert(disk.failed_calls.begin(), disk.failed_calls.end());
      disk.fail_at = 0;
      auto journal = open(disk, options(1500));
      lost += life.lost(*journal);
      if (!journal->counts().balanced()) ++unbalanced;
      if (journal->recovered().unreadable > 0) ++false_alarms;
    }
  }
  CHECK(lost == 0);
  CHECK(unbalanced == 0);
  CHECK(false_alarms == 0);
  CHECK(
      met ==
      std::set<std::string>{
          "create", "list", "lock", "make_folder", "open", "read", "remove", "size", "sync", "sync_folder", "truncate",
          "write"}
  );
}

TEST_CASE("journal faults: a power failure loses nothing that was acknowledged", "[journal]") {
  std::size_t lost = 0, unbalanced = 0;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    FakeDisk disk;
    std::mt19937_64 chance(seed);
    Life life;
    for (int lives = 0; lives < 3; ++lives) {
      life.live(disk, static_cast<int>(chance() % 40), chance);
      disk.lose_power(chance);
    }
    auto journal = open(disk, options(1500));
    lost += life.lost(*journal);
    if (!journal->counts().balanced()) ++unbalanced;
  }
  CHECK(lost == 0);
  CHECK(unbalanced == 0);
}

TEST_CASE("journal faults: what was read after a kill is there after a power failure that follows", "[journal]") {
  FakeDisk disk;
  {
    FakeDisk dying;
    auto journal = open(dying, options());
    REQUIRE(append(*journal, {"durable"}).has_value());
    std::string path = dying.paths().front();
    std::size_t synced = dying.content(path).size();
    REQUIRE(append(*journal, {"written"}, {{1, 1, "key", "answer"}}).has_value());
    std::string all = dying.content(path);
    // As the kill left it: the second batch is in the system's memory, and not on the medium.
    auto file = disk.create(path);
    REQUIRE(disk.write(*file, 0, all.substr(0, synced)).has_value());
    REQUIRE(disk.sync(*file).has_value());
    REQUIRE(disk.sync_folder("j").has_value());
    REQUIRE(disk.write(*file, synced, all.substr(synced)).has_value());
  }
  {
    auto journal = open(disk);
    REQUIRE(journal->answer("key") == std::optional<std::string>("answer"));
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
      std::mt19937_64 chance(seed);
      FakeDisk after;
      disk.copy_to(after);
      after.lose_power(chance);
      CHECK(bodies_of(read_all(*open(after))) == Bodies{"durable", "written"});
    }
  }
}

TEST_CASE("journal faults: where durability is relaxed, a segment that is left is on the medium", "[journal]") {
  FakeDisk disk;
  JournalOptions relaxed = options(1000);
  relaxed.durability = Durability::Relaxed;
  auto journal = open(disk, relaxed);
  Bodies sent;
  while (journal->counts().segments < 3) {
    sent.push_back(body(sent.size() + 1, 200));
    REQUIRE(append(*journal, {sent.back()}).has_value());
  }
  std::mt19937_64 chance(1);
  FakeDisk after;
  disk.copy_to(after);
  after.lose_power(chance);
  Bodies found = bodies_of(read_all(*open(after)));
  REQUIRE(found.size() + 1 >= sent.size());  // the last one lies in the third segment
  CHECK(found == Bodies(sent.begin(), sent.begin() + static_cast<std::ptrdiff_t>(found.size())));
}

TEST_CASE("journal faults: of segments that were freed without a note, the youngest come back if any", "[journal]") {
  std::size_t gaps = 0;
  for (std::uint64_t seed = 0; seed < 64; ++seed) {
    FakeDisk disk;
    auto journal = open(disk, options(1000));
    std::uint64_t sent = 0;
    while (journal->counts().segments < 6) REQUIRE(append(*journal, {body(++sent, 200)}).has_value());
    for (const auto& [sequence, text] : read_all(*journal)) journal->settle(sequence, End::Written);
    disk.room = disk.used();
    (void)journal->tidy();
    CHECK(journal->counts().segments <= 1);
    std::mt19937_64 chance(seed);
    FakeDisk after;
    after.take_from(disk);
    after.lose_power(chance);
    std::uint64_t expected = 0;
    for (const auto& [sequence, text] : read_all(*open(after, options(1000)))) {
      if (expected != 0 && sequence != expected) ++gaps;
      expected = sequence + 1;
    }
  }
  CHECK(gaps == 0);
}

TEST_CASE(
    "journal faults: an answer to a key does not count without its message, at the journal's end too", "[journal]"
) {
  FakeDisk disk;
  {
    auto journal = open(disk);
    REQUIRE(append(*journal, {"first"}).has_value());
    REQUIRE(append(*journal, {"second"}, {{1, 1, "key", "answer"}}).has_value());
  }
  std::string& content = disk.content(disk.paths().front());
  content[content.find("second")] ^= 1;
  auto journal = open(disk);
  CHECK_FALSE(journal->answer("key").has_value());
  CHECK(bodies_of(read_all(*journal)) == Bodies{"first"});
}

TEST_CASE("journal faults: an answer to a key does not count once its message was given up", "[journal]") {
  FakeDisk disk;
  {
    auto journal = open(disk);
    REQUIRE(append(*journal, {"first"}, {{1, 1, "first", "answer"}}).has_value());
    REQUIRE(append(*journal, {"second"}, {{1, 1, "second", "answer"}}).has_value());
    REQUIRE(append(*journal, {"third"}).has_value());
  }
  std::string& content = disk.content(disk.paths().front());
  content[content.find("second")] ^= 1;
  {
    auto journal = open(disk);
    CHECK_FALSE(journal->answer("second").has_value());
    for (const auto& [sequence, text] : read_all(*journal)) {
      if (text == "first") journal->settle(sequence, End::Written);
    }
    CHECK(journal->counts().totals.unreadable == 1);
  }
  auto journal = open(disk);
  CHECK(bodies_of(read_all(*journal)) == Bodies{"third"});
  CHECK(journal->answer("first").has_value());
  CHECK_FALSE(journal->answer("second").has_value());
}

TEST_CASE("journal faults: numbers that are used again are the later ones', without a head too", "[journal]") {
  FakeDisk disk;
  {
    auto journal = open(disk);
    REQUIRE(append(*journal, {"first"}).has_value());
    disk.fail_at = disk.calls + 2;  // the sync, and the attempt to cut off what was written
    disk.stay = true;
    REQUIRE(append(*journal, {"refused"}, {{1, 1, "refused", "answer"}}).has_error());
    disk.fail_at = 0;
    REQUIRE(append(*journal, {"taken"}, {{1, 1, "taken", "answer"}}).has_value());
  }
  REQUIRE(disk.paths().size() == 2);
  REQUIRE(disk.content(disk.paths().front()).find("refused") != std::string::npos);
  REQUIRE(bodies_of(read_all(*open(disk))) == Bodies{"first", "taken"});
  disk.content(disk.paths()[1])[kPreamble.size()] ^= 1;
  auto journal = open(disk);
  CHECK(bodies_of(read_all(*journal)) == Bodies{"first", "taken"});
  CHECK_FALSE(journal->answer("refused").has_value());
}

TEST_CASE("journal faults: a segment that was given up and could not be removed goes before any other", "[journal]") {
  FakeDisk disk;
  auto fail_from = [&](std::uint64_t call) {
    disk.fail_at = disk.calls + call;
    disk.stay = true;
  };
  {
    auto journal = open(disk, options(1000));
    REQUIRE(append(*journal, {"a"}).has_value());
    fail_from(2);
    REQUIRE(append(*journal, {"refused"}).has_error());
    fail_from(6);  // behind a new segment's head, its name, room and message
    REQUIRE(append(*journal, {"refused"}).has_error());
    disk.fail_at = 0;
    for (std::uint64_t i = 0; journal->counts().segments < 4; ++i)
      REQUIRE(append(*journal, {body(i, 200)}).has_value());
    REQUIRE(disk.paths().size() == 5);
    for (const auto& [sequence, text] : read_all(*journal)) journal->settle(sequence, End::Written);
    disk.room = disk.used();
    fail_from(1);
    (void)journal->tidy();
    CHECK(disk.paths().size() == 5);
    disk.fail_at = 0;
    (void)journal->tidy();
    CHECK(disk.paths().empty());
  }
  auto journal = open(disk, options(1000));
  CHECK(journal->recovered().unreadable == 0);
  CHECK(bodies_of(read_all(*journal)) == Bodies{});
}

TEST_CASE("journal faults: an empty segment goes before any other, whatever fails meanwhile", "[journal]") {
  std::set<std::size_t> left;
  for (std::uint64_t call = 1; call < 12; ++call) {
    FakeDisk disk;
    {
      auto journal = open(disk, options(1000));
      while (journal->counts().segments < 3) REQUIRE(append(*journal, {body(1, 200)}).has_value());
    }
    REQUIRE(disk.create("j/" + segment_name(4, 4)).has_value());
    auto journal = open(disk, options(1000));
    REQUIRE(append(*journal, {"last"}).has_value());
    for (const auto& [sequence, text] : read_all(*journal)) {
      if (text != "last") journal->settle(sequence, End::Written);
    }
    disk.room = disk.used();
    disk.fail_at = disk.calls + call;
    disk.stay = true;
    (void)journal->tidy();
    left.insert(disk.paths().size());
    FakeDisk after;
    disk.copy_to(after);
    auto found = open(after, options(1000));
    CHECK(found->recovered().unreadable == 0);
    CHECK(read_all(*found).rbegin()->second == "last");
  }
  CHECK(left == std::set<std::size_t>{1, 2, 3, 4, 5});
}

TEST_CASE("journal faults: answers that were written once more outlive what fails behind them", "[journal]") {
  FakeDisk disk;
  {
    auto journal = open(disk, options(1000));
    REQUIRE(append(*journal, {body(1, 200)}, {{1, 1, "key", "answer"}}).has_value());
    for (std::uint64_t i = 2; journal->counts().segments < 2; ++i)
      REQUIRE(append(*journal, {body(i, 200)}).has_value());
    for (const auto& [sequence, text] : read_all(*journal)) journal->settle(sequence, End::Written);
    disk.fail_at = disk.calls + 2;
    REQUIRE(append(*journal, {"refused"}).has_error());
    disk.fail_at = 0;
    REQUIRE(journal->tidy().has_value());
    REQUIRE(journal->counts().segments == 1);
    disk.fail_at = disk.calls + 1;
    REQUIRE(append(*journal, {body(1, 200)}).has_error());
  }
  CHECK(open(disk)->answer("key") == std::optional<std::string>("answer"));
}
