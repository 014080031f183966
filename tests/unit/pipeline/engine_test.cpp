#include "core/pipeline/engine.hpp"

#include <catch2/catch.hpp>
#include <ctime>
#include <thread>

#include "fakes.hpp"

using namespace aorta;
using namespace aorta::pipeline;
using namespace std::chrono_literals;
using fhir::Ending;

namespace {

struct World {
  explicit World(std::vector<std::string> bodies, bool endless = false) : source(std::move(bodies), endless) {}

  Engine engine() {
    std::vector<SinkPort*> ports;
    for (fake::Sink& s : sinks) ports.push_back(&s);
    std::vector<NormalizePort*> normalizers{&words};
    for (fake::Words& w : more_words) normalizers.push_back(&w);
    return Engine(options, {&source}, normalizers, ports, letters, [](std::string_view) {});
  }
  Report run() {
    Engine e = engine();
    return e.run();
  }

  fake::Source source;
  fake::Words words;
  std::deque<fake::Words> more_words;
  std::deque<fake::Sink> sinks;
  fake::Letters letters;
  EngineOptions options;
};

void add_sink(World& world, fake::Sink::Write write) { world.sinks.emplace_back(std::move(write)); }

}  // namespace

TEST_CASE("engine: each message is settled once, with what its sink said") {
  World world({"a", "b", "c"});
  add_sink(world, fake::always(Ending::Kind::Written));
  Report report = world.run();
  CHECK(report.counts.written == 3);
  CHECK(report.counts.balanced());
  CHECK(
      world.source.settled() ==
      std::vector<fake::Settled>{{"0", Outcome::Written}, {"1", Outcome::Written}, {"2", Outcome::Written}}
  );
}

TEST_CASE("engine: a message with two sinks ends once, after both, with the heaviest outcome") {
  World world({"a"});
  add_sink(world, fake::always(Ending::Kind::Merged));
  add_sink(world, fake::always(Ending::Kind::Written));
  Report report = world.run();
  CHECK(report.counts.written == 1);
  CHECK(report.counts.merged == 0);
  CHECK(world.source.settled().size() == 1);
}

TEST_CASE("engine: a message that one of two sinks cannot write lies in the dead letters, once") {
  World world({"a b"});
  add_sink(world, fake::always(Ending::Kind::Written));
  add_sink(world, [](std::span<const group::Group> groups) {
    return fake::all(
        groups, {.kind = Ending::Kind::Failed, .error = Error("observation/no-fhir-template", "none"), .reason = {}}
    );
  });
  Report report = world.run();
  CHECK(report.counts.dead_lettered == 1);
  CHECK(world.letters.kept == std::vector<fake::Kept>{{"a b", "observation/no-fhir-template"}});
  CHECK(report.dead_letters.at("observation/no-fhir-template") == 1);
}

TEST_CASE("engine: what a message gave before it failed is written, the message itself is dead-lettered") {
  World world({"a !", "b"});
  std::vector<std::string> devices;
  add_sink(world, [&](std::span<const group::Group> groups) {
    for (const group::Group& g : groups) devices.emplace_back(g.first().device);
    return fake::all(groups, {.kind = Ending::Kind::Written, .error = {}, .reason = {}});
  });
  Report report = world.run();
  CHECK(devices == std::vector<std::string>{"a", "b"});
  CHECK(report.counts.dead_lettered == 1);
  CHECK(report.counts.written == 1);
  CHECK(world.letters.kept == std::vector<fake::Kept>{{"a !", "normalize/required-value-missing"}});
}

TEST_CASE("engine: a message that no template matches ends as the pipeline chose") {
  World world({""});
  add_sink(world, fake::always(Ending::Kind::Written));
  SECTION("in the dead letters") {
    CHECK(world.run().counts.dead_lettered == 1);
    CHECK(world.letters.kept.at(0).reason == "normalize/no-template-matched");
  }
  SECTION("filtered, by name") {
    world.options.unmatched = Unmatched::Filter;
    Report report = world.run();
    CHECK(report.counts.filtered == 1);
    CHECK(report.filtered.at("normalize/no-template-matched") == 1);
  }
  SECTION("or the pipeline ends and the message stays with its source") {
    world.options.unmatched = Unmatched::Fail;
    Report report = world.run();
    CHECK(report.failures.size() == 1);
    CHECK(report.counts.in_flight == 1);
    CHECK(report.counts.balanced());
    CHECK(world.source.settled().empty());
  }
}

TEST_CASE("engine: of two measurements at one time the one that is replaced counts as merged") {
  World world({"a", "a"});
  world.words.same_time = true;
  add_sink(world, fake::always(Ending::Kind::Written));
  Report report = world.run();
  CHECK(report.counts.written == 1);
  CHECK(report.counts.merged == 1);
}

TEST_CASE("engine: if the one that replaced it could not be written, the replaced one is dead-lettered too") {
  World world({"a", "a"});
  world.words.same_time = true;
  add_sink(world, [](std::span<const group::Group> groups) {
    return fake::all(groups, {.kind = Ending::Kind::Failed, .error = Error("observation/x", "x"), .reason = {}});
  });
  CHECK(world.run().counts.dead_lettered == 2);
}

TEST_CASE("engine: a window is flushed when it holds max_measurements") {
  World world({"a", "b", "c", "d", "e"});
  world.options.max_measurements = 2;
  add_sink(world, fake::always(Ending::Kind::Written));
  CHECK(world.run().counts.written == 5);
  CHECK(world.sinks[0].writes == 3);
}

TEST_CASE("engine: a window is flushed when its first measurement has waited max_delay") {
  World world({"a"}, true);
  world.options.max_delay = 20ms;
  add_sink(world, fake::always(Ending::Kind::Written));
  Engine engine = world.engine();
  std::thread stopper([&] {
    while (world.source.settled_count() == 0) std::this_thread::sleep_for(1ms);
    engine.stop();
  });
  Report report = engine.run();
  stopper.join();
  CHECK(report.counts.written == 1);
}

TEST_CASE("engine: sources are asked only for what there is credit for, and a window that holds all credit is flushed"
) {
  std::vector<std::string> bodies(1000, "a");
  World world(bodies);
  world.options.limit.records = 40;
  world.options.max_measurements = 1'000'000;
  world.options.max_delay = 1h;
  add_sink(world, fake::always(Ending::Kind::Written));
  Report report = world.run();
  CHECK(report.counts.written == 1000);
  CHECK(world.source.most_unsettled <= 40);
}

TEST_CASE("engine: a sink that is away for a moment gets the same groups again") {
  World world({"a"});
  int calls = 0;
  add_sink(world, [&](std::span<const group::Group> groups) -> Result<std::vector<SinkPort::Endings>> {
    if (++calls == 1) return Error("store-unavailable", "away", true);
    return fake::all(groups, {.kind = Ending::Kind::Written, .error = {}, .reason = {}});
  });
  CHECK(world.run().counts.written == 1);
  CHECK(calls == 2);
}

TEST_CASE("engine: a sink that is away keeps no other from writing") {
  World world({"a"});
  std::vector<std::string> order;
  add_sink(world, [&](std::span<const group::Group> groups) -> Result<std::vector<SinkPort::Endings>> {
    order.push_back("first");
    if (order.size() == 1) return Error("store-unavailable", "away", true);
    return fake::all(groups, {.kind = Ending::Kind::Merged, .error = {}, .reason = {}});
  });
  add_sink(world, [&](std::span<const group::Group> groups) -> Result<std::vector<SinkPort::Endings>> {
    order.push_back("second");
    return fake::all(groups, {.kind = Ending::Kind::Written, .error = {}, .reason = {}});
  });
  CHECK(world.run().counts.written == 1);
  CHECK(order == std::vector<std::string>{"first", "second", "first"});
}

TEST_CASE("engine: a sink that fails for good lets the others write the groups it has seen") {
  World world({"a"});
  add_sink(world, [](std::span<const group::Group>) -> Result<std::vector<SinkPort::Endings>> {
    return Error("store-full", "disk full");
  });
  add_sink(world, fake::always(Ending::Kind::Written));
  Report report = world.run();
  CHECK(report.failures.size() == 1);
  CHECK(world.sinks[1].writes == 1);
  CHECK(report.counts.in_flight == 1);
  CHECK(world.source.settled().empty());
}

TEST_CASE("engine: a sink that fails for good ends the pipeline; nothing is settled that is not written") {
  World world({"a", "b"});
  add_sink(world, [](std::span<const group::Group>) -> Result<std::vector<SinkPort::Endings>> {
    return Error("store-full", "disk full");
  });
  Report report = world.run();
  REQUIRE(report.failures.size() == 1);
  CHECK(report.failures[0].reason() == "store-full");
  CHECK(report.counts.in_flight == 2);
  CHECK(report.counts.balanced());
  CHECK(world.source.settled().empty());
}

TEST_CASE("engine: if dead letters cannot be kept, nothing is settled") {
  World world({""});
  world.letters.failure = Error("store-full", "disk full");
  add_sink(world, fake::always(Ending::Kind::Written));
  Report report = world.run();
  CHECK(report.failures.size() == 1);
  CHECK(report.counts.in_flight == 1);
  CHECK(world.source.settled().empty());
}

TEST_CASE("engine: a source that fails is told, and the pipeline ends in order") {
  World world({"a"});
  add_sink(world, fake::always(Ending::Kind::Written));
  world.source.failure = Error("unreadable", "cannot read");
  Report report = world.run();
  REQUIRE(report.failures.size() == 1);
  CHECK(report.failures[0].message() == "cannot read");
}

TEST_CASE("engine: a stop brings what was taken in to its end") {
  World world({"a", "b"}, true);
  add_sink(world, fake::always(Ending::Kind::Written));
  Engine engine = world.engine();
  std::thread stopper([&] {
    while (engine.counts().accepted < 2) std::this_thread::sleep_for(1ms);
    engine.stop();
  });
  Report report = engine.run();
  stopper.join();
  CHECK(report.counts.written == 2);
  CHECK(report.counts.in_flight == 0);
}

TEST_CASE("engine: after a pause another engine goes on with the sources") {
  World world({"a", "b", "c"}, true);
  add_sink(world, fake::always(Ending::Kind::Written));
  {
    Engine first = world.engine();
    std::thread run([&] { CHECK(first.run().counts.in_flight == 0); });
    while (first.counts().accepted == 0) std::this_thread::sleep_for(1ms);
    first.pause();
    run.join();
  }
  CHECK_FALSE(world.source.cancelled());
  Engine second = world.engine();
  std::thread run([&] { CHECK(second.run().counts.balanced()); });
  while (world.source.settled().size() < 3) std::this_thread::sleep_for(1ms);
  second.stop();
  run.join();
  CHECK(world.source.cancelled());
  CHECK(world.source.settled().size() == 3);
}

TEST_CASE("engine: a stop waits for a sink that is away only as long as drain_timeout") {
  World world({"a"});
  world.options.drain_timeout = 50ms;
  add_sink(world, [](std::span<const group::Group>) -> Result<std::vector<SinkPort::Endings>> {
    return Error("store-unavailable", "away", true);
  });
  Engine engine = world.engine();
  std::thread stopper([&] {
    while (world.sinks[0].writes == 0) std::this_thread::sleep_for(1ms);
    engine.stop();
  });
  Report report = engine.run();
  stopper.join();
  CHECK(report.counts.in_flight == 1);
  CHECK(report.counts.balanced());
}

TEST_CASE("engine: a body above the limit is a dead letter, one that just fits is not") {
  World world({"a", "bcd", "efgh"});
  world.options.max_record_bytes = 3;
  add_sink(world, fake::always(Ending::Kind::Written));
  Report report = world.run();
  CHECK(report.counts.written == 2);
  CHECK(report.dead_letters == std::map<std::string, std::uint64_t>{{"source/record-too-long", 1}});
}

namespace {

// What reaches the sinks and the dead letters, in order, of messages that differ in length and in how they end.
struct Traffic {
  explicit Traffic(std::size_t threads) : world(bodies()) {
    world.more_words.resize(threads - 1);
    world.words.same_time = true;
    for (fake::Words& w : world.more_words) w.same_time = true;
    world.options.max_measurements = 7;
    add_sink(world, [this](std::span<const group::Group> groups) {
      for (const group::Group& g : groups) devices.emplace_back(g.first().device);
      devices.push_back("|");
      return fake::all(groups, {.kind = Ending::Kind::Written, .error = {}, .reason = {}});
    });
    counts = world.run().counts;
  }
  static std::vector<std::string> bodies() {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < 3000; ++i) {
      std::string body;
      for (std::size_t word = 0; word < i * i % 5; ++word) body += std::to_string(i) + "-" + std::to_string(word) + " ";
      if (i % 11 == 0) body += "!";
      out.push_back(body);
    }
    return out;
  }

  World world;
  std::vector<std::string> devices;
  Counts counts;
};

}  // namespace

TEST_CASE("engine: what comes out, and in which order, does not depend on how many threads normalize") {
  Traffic one(1);
  Traffic four(4);
  CHECK(one.counts.balanced());
  CHECK(one.counts.ended() == 3000);
  CHECK(one.devices.size() > 3000);
  CHECK(four.devices == one.devices);
  CHECK(four.world.letters.kept == one.world.letters.kept);
  CHECK(four.world.source.settled_count() == 3000);
}

TEST_CASE("engine: a pipeline that gives up while messages are being normalized holds them, unsettled") {
  World world(std::vector<std::string>(1000, "a"));
  world.more_words.resize(3);
  world.options.max_measurements = 10;
  add_sink(world, [](std::span<const group::Group>) -> Result<std::vector<SinkPort::Endings>> {
    return Error("store-full", "disk full");
  });
  Report report = world.run();
  CHECK(report.counts.in_flight == report.counts.accepted);
  CHECK(report.counts.balanced());
  CHECK(world.source.settled().empty());
}

TEST_CASE("engine: a large window reaches its sinks in slices of whole groups") {
  std::string body;
  for (int device = 0; device < 100; ++device) body += "d" + std::to_string(device) + " ";
  World world(std::vector<std::string>(200, body));
  world.options.max_measurements = 20'000;
  std::vector<std::size_t> slices;
  std::size_t measurements = 0;
  add_sink(world, [&](std::span<const group::Group> groups) {
    slices.push_back(groups.size());
    for (const group::Group& g : groups) measurements += g.measurements.size();
    return fake::all(groups, {.kind = Ending::Kind::Written, .error = {}, .reason = {}});
  });
  Report report = world.run();
  CHECK(slices == std::vector<std::size_t>{81, 19});
  CHECK(measurements == 20'000);
  CHECK(report.counts.written == 200);
}

namespace {

// Takes its time between giving a record and being done with the poll.
class SlowTeller : public fake::Source {
 public:
  using fake::Source::Source;
  std::optional<plugin::Source::Progress> progress() const override {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    return fake::Source::progress();
  }
};

}  // namespace

TEST_CASE("engine: it does not turn in circles while all credit is on its way from a source", "[pipeline]") {
  SlowTeller source({"a", "b", "c"});
  fake::Words words;
  fake::Sink sink(fake::always(fhir::Ending::Kind::Written));
  fake::Letters letters;
  EngineOptions options;
  options.limit.records = 1;
  Engine engine(options, {&source}, {&words}, {&sink}, letters, [](std::string_view) {});
  std::clock_t before = std::clock();
  CHECK(engine.run().counts.written == 3);
  CHECK(std::clock() - before < CLOCKS_PER_SEC / 4);
}
