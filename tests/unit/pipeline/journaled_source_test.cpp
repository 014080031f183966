#include "core/pipeline/journaled_source.hpp"

#include <catch2/catch.hpp>
#include <condition_variable>
#include <deque>

#include "tests/support/plugin_folder.hpp"

using namespace aorta;
using namespace aorta::pipeline;
using namespace std::chrono_literals;
using State = plugin::Source::State;

namespace {

plugin::Record message(std::string_view body) {
  plugin::Record views;
  views.body = body;
  views.token = "t";
  views.position = "p";
  return own(views);
}

// What a test lets come in, poll by poll, and what the intake was told.
class Intake : public IntakePort {
 public:
  Result<State> poll(
      std::vector<plugin::Record>& out, std::vector<plugin::Receipt>& receipts, std::uint64_t, std::uint64_t,
      std::chrono::milliseconds wait
  ) override {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, wait, [this] { return cancelled_ || !coming_.empty(); });
    if (cancelled_) return State::Cancelled;
    if (coming_.empty()) return ends_ ? State::Ended : State::More;
    for (const std::string& body : coming_.front()) out.push_back(message(body));
    if (!key.empty()) receipts.push_back({key, "answer", out.size(), out.size()});
    coming_.pop_front();
    return State::More;
  }
  void kept(bool durable) override {
    std::lock_guard lock(mutex_);
    told.push_back(durable);
    changed_.notify_all();
  }
  void cancel() override {
    std::lock_guard lock(mutex_);
    cancelled_ = true;
    changed_.notify_all();
  }

  void send(std::vector<std::string> bodies) {
    std::lock_guard lock(mutex_);
    coming_.push_back(std::move(bodies));
    changed_.notify_all();
  }
  void end() {
    std::lock_guard lock(mutex_);
    ends_ = true;
  }
  bool wait_until_told(std::size_t times) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 10s, [&] { return told.size() >= times; });
  }

  std::vector<bool> told;
  std::string key;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::vector<std::string>> coming_;
  bool cancelled_ = false, ends_ = false;
};

struct World {
  aorta::test::Folder folder;
  std::vector<std::string> told;
  Intake* intake = nullptr;
  journal::Journal* journal = nullptr;

  std::unique_ptr<JournaledSource> open(std::uint64_t max_bytes = 1 << 20) {
    journal::JournalOptions options;
    options.folder = folder.path().string();
    options.max_bytes = max_bytes;
    options.durability = journal::Durability::None;
    auto made = journal::Journal::open(journal::system_disk(), options);
    auto opened = std::move(*made);
    auto port = std::make_unique<Intake>();
    intake = port.get();
    journal = opened.get();
    auto tell = [this](JournaledSource::Level, std::string_view text) { told.emplace_back(text); };
    return std::make_unique<JournaledSource>("in", std::move(port), std::move(opened), tell);
  }
};

// Polls until it has given so many, or nothing comes for long.
std::vector<plugin::Record> take(JournaledSource& source, std::size_t count) {
  std::vector<plugin::Record> out;
  for (int polls = 0; out.size() < count && polls < 200; ++polls)
    REQUIRE(source.poll(out, 100, 1 << 20, 50ms).has_value());
  return out;
}

}  // namespace

TEST_CASE("journaled source: tells the intake what is durable, and gives it by its number", "[pipeline]") {
  World world;
  auto source = world.open();
  world.intake->key = "k";
  world.intake->send({"a", "b"});
  auto records = take(*source, 2);
  REQUIRE(records.size() == 2);
  CHECK(records[0].body == "a");
  CHECK(records[0].position == "in@1");
  CHECK(records[1].position == "in@2");
  REQUIRE(world.intake->wait_until_told(1));
  CHECK(world.intake->told == std::vector<bool>{true});
  CHECK(world.journal->answer("k") == std::optional<std::string>("answer"));
  source->settle(records[0].token, AORTA_WRITTEN);
  source->settle(records[1].token, AORTA_DEAD_LETTERED);
  CHECK(source->counts().waiting == 0);
  CHECK(source->counts().totals == journal::Totals{.written = 1, .dead_lettered = 1});
}

TEST_CASE("journaled source: what had not ended comes again after a restart, before what is new", "[pipeline]") {
  World world;
  {
    auto source = world.open();
    world.intake->send({"a", "b", "c"});
    auto records = take(*source, 3);
    source->settle(records[0].token, AORTA_WRITTEN);
  }
  auto source = world.open();
  world.intake->send({"d"});
  auto records = take(*source, 3);
  REQUIRE(records.size() == 3);
  CHECK(records[0].body == "b");
  CHECK(records[0].position == "in@2");
  CHECK(records[1].body == "c");
  CHECK(records[2].body == "d");
}

TEST_CASE("journaled source: takes in while nobody reads, until the journal is full; then it refuses", "[pipeline]") {
  World world;
  auto source = world.open(64 * 1024);
  take(*source, 0);
  std::vector<plugin::Record> none;
  REQUIRE(source->poll(none, 1, 1, 0ms).has_value());  // begins intake
  std::string body(1000, 'x');
  for (int i = 0; i < 10; ++i) world.intake->send(std::vector<std::string>(10, body));
  REQUIRE(world.intake->wait_until_told(10));
  CHECK(world.intake->told.front());
  CHECK_FALSE(world.intake->told.back());
  CHECK(source->trouble().find("journal.max_size") != std::string::npos);
  auto taken = static_cast<std::size_t>(std::count(world.intake->told.begin(), world.intake->told.end(), true));
  CHECK(take(*source, taken * 10 - none.size()).size() == taken * 10 - none.size());
}

TEST_CASE("journaled source: ends when its intake has, and all was given", "[pipeline]") {
  World world;
  auto source = world.open();
  world.intake->send({"a"});
  world.intake->end();
  CHECK(take(*source, 1).size() == 1);
  std::vector<plugin::Record> out;
  State state = State::More;
  for (int i = 0; i < 100 && state == State::More; ++i) state = *source->poll(out, 1, 1, 50ms);
  CHECK(state == State::Ended);
  CHECK(out.empty());
}

TEST_CASE("journaled source: a cancellation ends a poll that waits", "[pipeline]") {
  World world;
  auto source = world.open();
  std::vector<plugin::Record> out;
  REQUIRE(source->poll(out, 1, 1, 0ms).has_value());
  std::thread later([&] {
    std::this_thread::sleep_for(20ms);
    source->cancel();
  });
  auto begun = std::chrono::steady_clock::now();
  (void)source->poll(out, 1, 1, 10s);
  CHECK(std::chrono::steady_clock::now() - begun < 5s);
  later.join();
  CHECK(*source->poll(out, 1, 1, 10s) == State::Cancelled);
}
