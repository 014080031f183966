#include "core/journal/dead_letters.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <thread>

#include "core/base/threads.hpp"

using namespace aorta;
using namespace aorta::journal;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::path(AORTA_BINARY_DIR) / ("dead_letters_test." + std::to_string(getpid()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  std::string file() const { return path / "deep" / "letters.db"; }
};

using Texts = std::vector<std::string>;

DeadLetter letter(const std::string& position, const std::string& reason, const std::string& body = "{}") {
  DeadLetter out;
  out.source = "bedside";
  out.position = position;
  out.body = body;
  out.reason = reason;
  out.message = "no template matched";
  out.fingerprint = "abc";
  return out;
}

}  // namespace

TEST_CASE("dead letters: what was added is found whole after opening again", "[journal]") {
  Folder folder;
  DeadLetter given = letter("f:1", "normalize/no-template-matched", std::string("a\0b\xFF", 4));
  given.properties = R"({"k":1})";
  given.system_properties = R"({"s":1})";
  given.content_type = "application/json";
  given.enqueued_ticks = 638'000'000'000'000'000;
  given.where = "spo2";
  REQUIRE(DeadLetters::open(folder.file())->add({&given, 1}).has_value());

  std::vector<DeadLetter> found = *DeadLetters::open_for_reading(folder.file())->letters({}, 10);
  REQUIRE(found.size() == 1);
  CHECK(found[0].source == given.source);
  CHECK(found[0].position == given.position);
  CHECK(found[0].body == given.body);
  CHECK(found[0].properties == given.properties);
  CHECK(found[0].system_properties == given.system_properties);
  CHECK(found[0].content_type == given.content_type);
  CHECK(found[0].enqueued_ticks == given.enqueued_ticks);
  CHECK(found[0].reason == given.reason);
  CHECK(found[0].stage() == "normalize");
  CHECK(found[0].message == given.message);
  CHECK(found[0].where == given.where);
  CHECK(found[0].fingerprint == given.fingerprint);
  CHECK(found[0].count == 1);
  CHECK(found[0].first_ticks == found[0].last_ticks);
  CHECK(found[0].first_ticks > 638'000'000'000'000'000);
  CHECK_FALSE(found[0].cut());
}

TEST_CASE("dead letters: the same record for the same reason is counted, not kept twice", "[journal]") {
  Folder folder;
  DeadLetters letters = *DeadLetters::open(folder.file());
  std::vector<DeadLetter> batch{
      letter("f:1", "a/x"), letter("f:1", "a/y"), letter("f:2", "a/x"), letter("f:1", "a/x", "other")};
  REQUIRE(letters.add(batch).has_value());
  REQUIRE(letters.add({batch.data(), 1}).has_value());
  std::vector<DeadLetter> found = *letters.letters({}, 10);
  REQUIRE(found.size() == 4);
  CHECK(found[0].count == 2);
  CHECK(found[0].last_ticks >= found[0].first_ticks);
  CHECK(found[1].count == 1);
}

TEST_CASE("dead letters: parts of the key do not run into each other", "[journal]") {
  Folder folder;
  DeadLetters letters = *DeadLetters::open(folder.file());
  DeadLetter one = letter("b", "a/x"), other = letter("", "a/x");
  one.source = "a";
  other.source = "ab";
  std::vector<DeadLetter> batch{one, other};
  REQUIRE(letters.add(batch).has_value());
  CHECK(letters.letters({}, 10)->size() == 2);
}

TEST_CASE("dead letters: grouped by reason, the most frequent first", "[journal]") {
  Folder folder;
  DeadLetters letters = *DeadLetters::open(folder.file());
  std::vector<DeadLetter> batch{
      letter("f:1", "b/rare"), letter("f:1", "a/often"), letter("f:2", "a/often"), letter("f:3", "a/often")};
  batch[3].source = "other";
  REQUIRE(letters.add(batch).has_value());
  REQUIRE(letters.add({&batch[2], 1}).has_value());
  std::vector<LetterGroup> groups = *letters.groups({});
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].reason == "a/often");
  CHECK(groups[0].letters == 3);
  CHECK(groups[0].count == 4);
  CHECK(groups[0].last.position == "f:2");
  CHECK(groups[0].last.body.empty());
  CHECK(groups[0].first_ticks <= groups[0].last_ticks);
  CHECK(groups[1].letters == 1);

  auto by = [](Texts reasons, Texts sources) {
    LetterFilter filter;
    filter.reasons = std::move(reasons);
    filter.sources = std::move(sources);
    return filter;
  };
  CHECK(letters.groups(by({"b/rare"}, {}))->size() == 1);
  CHECK(letters.groups(by({}, {"other"}))->at(0).letters == 1);
  CHECK(letters.groups(by({"b/rare"}, {"other"}))->empty());
  CHECK(letters.letters(by({"a/often"}, {}), 2)->size() == 2);
  CHECK(letters.letters(by({"' OR 1=1 --"}, {}), 2)->empty());
  CHECK(*letters.sources({}) == Texts{"bedside", "other"});
  CHECK(*letters.sources(by({"b/rare"}, {})) == Texts{"bedside"});
}

TEST_CASE("dead letters: a body as long as records may be is kept whole", "[journal]") {
  Folder folder;
  DeadLetters letters = *DeadLetters::open(folder.file());
  DeadLetter longer = letter("f:1", "a/x", std::string(5 << 20, 'x'));
  REQUIRE(letters.add({&longer, 1}).has_value());
  DeadLetter found = letters.letters({}, 1)->at(0);
  CHECK(found.body == longer.body);
  CHECK_FALSE(found.cut());
  CHECK(kMaxKeptBody >= 16 << 20);
}

TEST_CASE("dead letters: a body beyond the limit is cut, and says so", "[journal]") {
  Folder folder;
  DeadLetters letters = *DeadLetters::open(folder.file(), {.max_kept_body = 100});
  DeadLetter longer = letter("f:1", "a/x", std::string(105, 'x'));
  REQUIRE(letters.add({&longer, 1}).has_value());
  DeadLetter found = letters.letters({}, 1)->at(0);
  CHECK(found.body.size() == 100);
  CHECK(found.body_size == 105);
  CHECK(found.cut());
}

TEST_CASE("dead letters: what is older than wanted is forgotten", "[journal]") {
  Folder folder;
  DeadLetters letters = *DeadLetters::open(folder.file());
  DeadLetter one = letter("f:1", "a/x");
  REQUIRE(letters.add({&one, 1}).has_value());
  CHECK(*letters.purge(std::chrono::hours(1)) == 0);
  CHECK(*letters.purge(std::chrono::milliseconds::max()) == 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  CHECK(*letters.purge(std::chrono::milliseconds(1)) == 1);
  CHECK(letters.letters({}, 10)->empty());
}

TEST_CASE("dead letters: are read page by page", "[journal]") {
  Folder folder;
  DeadLetters letters = *DeadLetters::open(folder.file());
  CHECK(*letters.last_id() == 0);
  std::vector<DeadLetter> batch{letter("f:1", "a/x"), letter("f:2", "a/x"), letter("f:3", "a/x")};
  REQUIRE(letters.add(batch).has_value());
  LetterFilter filter;
  filter.up_to = *letters.last_id();
  REQUIRE(letters.add(std::vector{letter("f:4", "a/x")}).has_value());
  std::vector<DeadLetter> first = *letters.letters(filter, 2);
  filter.after = first.back().id;
  std::vector<DeadLetter> second = *letters.letters(filter, 2);
  CHECK(first.size() == 2);
  REQUIRE(second.size() == 1);
  CHECK(second[0].position == "f:3");
  LetterFilter one;
  one.ids = {static_cast<std::uint64_t>(second[0].id)};
  CHECK(letters.letters(one, 9)->at(0).position == "f:3");
}

TEST_CASE("dead letters: a letter that came back since it was read is not forgotten", "[journal]") {
  Folder folder;
  DeadLetters letters = *DeadLetters::open(folder.file());
  std::vector<DeadLetter> batch{letter("f:1", "a/x"), letter("f:2", "a/x")};
  REQUIRE(letters.add(batch).has_value());
  std::vector<DeadLetter> read = *letters.letters({}, 9);
  std::vector<LetterVersion> versions{{read[0].id, read[0].count}, {read[1].id, read[1].count}};
  REQUIRE(letters.add({batch.data(), 1}).has_value());
  CHECK(*letters.remove_unchanged(versions) == 1);
  CHECK(*letters.remove_unchanged(versions) == 0);
  CHECK(letters.letters({}, 9)->at(0).position == "f:1");
}

TEST_CASE("dead letters: what is named is forgotten, and nothing else", "[journal]") {
  Folder folder;
  DeadLetters letters = *DeadLetters::open(folder.file());
  std::vector<DeadLetter> batch{letter("f:1", "a/x"), letter("f:1", "a/y"), letter("f:2", "a/y")};
  REQUIRE(letters.add(batch).has_value());
  LetterFilter filter;
  filter.reasons = {"a/y"};
  CHECK(*letters.remove(filter) == 2);
  CHECK(letters.letters({}, 9)->size() == 1);
  CHECK(*letters.remove({}) == 1);
}

TEST_CASE("dead letters: where they may not take up more, they are refused until there is room", "[journal]") {
  Folder folder;
  LetterLimits limits{.max_size = 100'000};
  DeadLetters letters = *DeadLetters::open(folder.file(), limits);
  std::vector<DeadLetter> first{letter("f:1", "a/x", std::string(100'000, 'x'))};
  std::vector<DeadLetter> second{letter("f:2", "a/x", std::string(100'000, 'y'))};
  CHECK(*letters.add(first) == 0);
  auto refused = letters.add(second);
  REQUIRE(refused.has_error());
  CHECK(refused.error().reason() == "dead-letters-full");
  CHECK(refused.error().retryable());
  CHECK(letters.letters({}, 9)->size() == 1);
  CHECK(*letters.remove({}) == 1);
  CHECK(*letters.add(second) == 0);
}

TEST_CASE("dead letters: where that is wanted, the oldest are forgotten to make room", "[journal]") {
  Folder folder;
  LetterLimits limits{.max_size = 300'000, .at_limit = AtLimit::ForgetOldest};
  DeadLetters letters = *DeadLetters::open(folder.file(), limits);
  std::uint64_t forgotten = 0;
  for (int i = 0; i < 200; ++i) {
    forgotten += *letters.add(std::vector{letter("f:" + std::to_string(i), "a/x", std::string(10'000, 'x'))});
  }
  std::vector<DeadLetter> kept = *letters.letters({}, 1000);
  CHECK(forgotten + kept.size() == 200);
  CHECK(kept.size() > 5);
  CHECK(kept.size() < 30);
  CHECK(kept.back().position == "f:199");
  std::vector<DeadLetter> large{letter("f:large", "a/x", std::string(1'000'000, 'x'))};
  REQUIRE(letters.add(large).has_value());
  CHECK(letters.letters({}, 9)->at(0).position == "f:large");
}

namespace {

// A wall clock that is set by hand.
class SetClock : public Scheduler {
 public:
  SetClock() { simulated = this; }
  ~SetClock() override { simulated = nullptr; }
  std::chrono::system_clock::time_point time = std::chrono::sys_days{std::chrono::year(2026) / 11 / 22};

  Time now() override { return Time(); }
  std::chrono::system_clock::time_point wall_clock_now() override { return time; }
  void pass() override {}
  void sleep_until(Time) override {}
  void lock(const void*) override {}
  void unlock(const void*) override {}
  void wait(const void*, const void*, Time) override {}
  void notify(const void*, bool) override {}
  std::uint64_t start(std::function<void()> body) override { return body(), 1; }
  void join(std::uint64_t) override {}
};

}  // namespace

TEST_CASE("dead letters: the oldest are forgotten first while the clock is set back, too", "[journal]") {
  using namespace std::chrono_literals;
  Folder folder;
  SetClock clock;
  LetterLimits limits{.max_size = 300'000, .at_limit = AtLimit::ForgetOldest};
  DeadLetters letters = *DeadLetters::open(folder.file(), limits);
  auto add = [&](int number) {
    clock.time += 1s;
    return *letters.add(std::vector{letter("f:" + std::to_string(number), "a/x", std::string(10'000, 'x'))});
  };
  for (int i = 0; i < 20; ++i) REQUIRE(add(i) == 0);
  clock.time -= 24h;
  std::uint64_t forgotten = 0;
  for (int i = 20; i < 60; ++i) forgotten += add(i);
  std::vector<DeadLetter> kept = *letters.letters({}, 100);
  REQUIRE(kept.size() + forgotten == 60);
  for (std::size_t i = 0; i < kept.size(); ++i) CHECK(kept[i].position == "f:" + std::to_string(forgotten + i));
}

TEST_CASE("dead letters: two writers share a file", "[journal]") {
  Folder folder;
  { DeadLetters made = *DeadLetters::open(folder.file()); }
  auto write = [&](const std::string& source) {
    DeadLetters letters = *DeadLetters::open(folder.file());
    for (int i = 0; i < 20; ++i) {
      DeadLetter one = letter("f:" + std::to_string(i), "a/x");
      one.source = source;
      if (letters.add({&one, 1}).has_error()) return;
    }
  };
  std::thread first(write, "one"), second(write, "two");
  first.join();
  second.join();
  CHECK(DeadLetters::open_for_reading(folder.file())->letters({}, 100)->size() == 40);
}
