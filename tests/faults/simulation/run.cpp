#include "tests/faults/simulation/run.hpp"

#include <algorithm>
#include <memory>

#include "tests/faults/simulation/host.hpp"

namespace aorta::simulation {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMostSteps = 3'000'000;
constexpr std::uint64_t kMostStepsOfDeath = 200'000;
constexpr auto kLongestDrain = std::chrono::minutes(30);  // once nothing goes wrong any more
constexpr auto kLongestLife = std::chrono::hours(3);      // one dies sooner, or is told to end

class Run {
 public:
  Run(std::uint64_t seed, Planted planted, bool verbose) : world_(seed, planted, verbose) {
    if (world_.has(Planted::LostWakes)) world_.fibers.lost_wakes = 20;
  }

  Outcomes go() {
    fibers().before_step = [this] { before_step(); };
    start([this] { live_lives(); });
    senders_ = world_.plan.sources();
    for (std::size_t i = 0; i < world_.plan.journaled; ++i) start([this, i] { send_requests(i); });
    for (std::size_t i = 0; i < world_.plan.topics; ++i) start([this, i] { fill_topic(i); });
    start([this] { make_weather(); });
    if (world_.plan.operators) start([this] { operate(); });
    std::string stuck = fibers().run(kMostSteps);
    if (!stuck.empty()) world_.blame(stuck);
    return {world_.problem, fibers().digest(), fibers().steps(), world_.truth.owed(), lives_, fibers().seconds()};
  }

 private:
  Fibers& fibers() { return world_.fibers; }
  Chance& chance() { return world_.chance; }
  void start(std::function<void()> body) { fibers().start_in(Fibers::kWorld, std::move(body)); }

  // The process ----------------------------------------------------------------------------------------------
  void live_lives() {
    while (lives_ + 1 < world_.plan.lives && world_.problem.empty()) live_one();
    world_.calm = true;
    world_.weather = {};
    live_last();
  }

  void live_one() {
    die_at_ = fibers().steps() + 1 + chance().below(std::uint64_t{1} << chance().between(4, 13));
    begin_life();
    wait_for_end();
    world_.weather.disk_full = false;
    Thread::sleep_for(chance().time(20s));
  }

  // Until all that is owed has ended.
  void live_last() {
    die_at_ = UINT64_MAX;
    world_.sinks_away_until = SteadyClock::now() + world_.plan.outage;
    auto until = world_.sinks_away_until + kLongestDrain;
    do {
      if (SteadyClock::now() > until) world_.blame(unfinished());
      if (!host_ || host_->over()) begin_life();
      Thread::sleep_for(1s);
      if (host_) host_->check_journals();
    } while (world_.problem.empty() && has_work());
    if (host_) host_->ask(Host::Command::Stop);
    wait_for_end();
    check_end();
    ended_ = true;
  }

  bool has_work() {
    bool committed = std::all_of(world_.topics.begin(), world_.topics.end(), [](const Topic& topic) {
      return topic.committed == topic.messages.size();
    });
    return senders_ > 0 || world_.truth.open() > 0 || !committed || !host_->carries() || host_->waiting() > 0;
  }

  std::string unfinished() {
    return std::to_string(senders_) + " senders and " + std::to_string(world_.truth.open()) +
           " messages come to no end, though nothing is in their way";
  }

  void begin_life() {
    ++lives_;
    world_.tell("life", lives_);
    host_ = std::make_unique<Host>(world_);
    fibers().start_in(lives_, [host = host_.get()] { host->live(); });
  }

  void wait_for_end() {
    auto until = SteadyClock::now() + kLongestLife;
    while (host_ && !host_->over()) {
      fibers().wait_for_news(host_.get(), SteadyClock::now() + 10s);
      if (SteadyClock::now() > until) world_.blame("the process does not end");
    }
    host_.reset();
    for (Door& door : world_.doors) world_.close(door);
  }

  void before_step() {
    if (host_) host_->check();
    bool dies = fibers().steps() >= die_at_ || !world_.problem.empty();
    if (!host_ || host_->over() || !dies) return;
    die_at_ = UINT64_MAX;
    die();
  }

  void die() {
    bool power_fails = world_.plan.power_fails && chance().one_in(2);
    world_.tell(power_fails ? "power failure" : "kill", lives_);
    fibers().start_in(lives_, [this] { host_->die(); });
    std::string problem = fibers().finish(lives_, kMostStepsOfDeath);
    if (power_fails) lose_power();
    if (problem.empty()) return;
    world_.blame("a dead process does not end: " + problem);
    (void)host_.release();  // its threads may be anywhere in it
  }

  void lose_power() {
    world_.power_failed = true;
    for (auto& medium : world_.media) {
      medium.lose_power(chance());
      if (world_.has(Planted::LostTail)) lose_tail(medium);
    }
  }

  void lose_tail(journal::test::FakeDisk& medium) {
    for (const std::string& path : medium.paths()) {
      std::string& content = medium.content(path);
      content.resize(content.size() - std::min<std::size_t>(content.size(), 3));
    }
  }

  // A clean end leaves nothing behind.
  void check_end() {
    if (!world_.problem.empty()) return;
    std::string verdict = world_.truth.verdict();
    if (!verdict.empty()) return world_.blame(verdict);
    for (Topic& topic : world_.topics) {
      if (topic.committed != topic.messages.size()) world_.blame("a topic is not committed to its end");
    }
    for (auto& medium : world_.media) check_journal(medium);
  }

  void check_journal(journal::test::FakeDisk& medium) {
    journal::JournalOptions options = world_.plan.journal;
    options.folder = "journal";
    auto opened = journal::Journal::open(medium, options);
    if (opened.has_error()) return world_.blame("a journal cannot be opened at the end");
    if ((*opened)->recovered().waiting > 0) world_.blame("a journal's messages come again after a clean end");
    if (!(*opened)->counts().balanced()) world_.blame("a journal's ledger does not balance at the end");
  }

  // Senders --------------------------------------------------------------------------------------------------
  void send_requests(std::size_t source) {
    for (std::uint64_t sent = 0; sent < world_.plan.messages && world_.problem.empty();) {
      Request request;
      std::uint64_t count = chance().between(1, world_.plan.most_per_request);
      for (; count > 0 && sent < world_.plan.messages; --count, ++sent)
        request.messages.push_back(&world_.truth.make(source));
      if (!chance().one_in(3)) request.key = key_of(*request.messages.front());
      while (world_.problem.empty() && !send(source, request)) Thread::sleep_for(chance().time(3s));
      for (const Message* message : request.messages) world_.truth.acknowledge(*message);
      if (!world_.calm) Thread::sleep_for(chance().time(2s));
    }
    --senders_;
  }

  std::string key_of(const Message& message) {
    return "key " + std::to_string(message.number) + std::string(world_.plan.key_bytes, '.');
  }

  // The same again, until it is accepted.
  bool send(std::size_t source, const Request& wanted) {
    Door& door = world_.doors[source];
    if (!door.open) return false;
    auto request = std::make_shared<Request>(wanted);
    door.requests.push_back(request);
    fibers().notify(&door, true);
    auto until = SteadyClock::now() + std::chrono::seconds(chance().between(1, 60));
    while (request->state == Request::State::Waiting && SteadyClock::now() < until)
      fibers().wait_for_news(request.get(), until);
    return request->state == Request::State::Accepted;
  }

  void fill_topic(std::size_t number) {
    Topic& topic = world_.topics[number];
    for (std::uint64_t sent = 0; sent < world_.plan.messages; ++sent) {
      const Message& message = world_.truth.make(world_.plan.journaled + number);
      world_.truth.acknowledge(message);
      topic.messages.push_back(&message);
      if (!world_.calm) Thread::sleep_for(chance().time(1s));
    }
    --senders_;
  }

  // What comes over it ---------------------------------------------------------------------------------------
  void make_weather() {
    for (; !world_.calm && world_.problem.empty(); Thread::sleep_for(chance().time(30s))) {
      if (world_.plan.disk_faults) change_disk(world_.weather);
      if (world_.plan.sink_faults) change_sinks(world_.weather);
      if (world_.plan.clock_jumps && chance().one_in(3))
        fibers().wall_clock_offset = std::chrono::hours(chance().below(49)) - 24h;
    }
  }

  void change_disk(Weather& weather) {
    weather.disk_errors = chance().of({0u, 0u, 5u, 50u, 300u});
    weather.disk_full = chance().one_in(4);
    weather.slow_syncs = chance().of({0u, 20u, 500u});
  }

  void change_sinks(Weather& weather) {
    weather.sinks_away = chance().of({0u, 0u, 200u, 1000u});
    weather.half_writes = chance().of({0u, 100u});
    weather.lost_answers = chance().of({0u, 100u, 300u});
    weather.sink_breakdowns = chance().of({0u, 0u, 0u, 20u});
    weather.slow_sinks = chance().of({0u, 50u, 500u});
    weather.source_errors = chance().of({0u, 20u, 200u});
  }

  void operate() {
    while (!ended_ && world_.problem.empty()) {
      Thread::sleep_for(chance().time(20s));
      if (!host_ || ended_) continue;
      bool stops = !world_.calm && chance().one_in(6);
      host_->ask(stops ? Host::Command::Stop : Host::Command::Reload);
    }
  }

  World world_;
  std::unique_ptr<Host> host_;
  std::uint64_t lives_ = 0;
  std::uint64_t die_at_ = UINT64_MAX;
  std::size_t senders_ = 0;
  bool ended_ = false;
};

}  // namespace

Outcomes run_seed(std::uint64_t seed, Planted planted, bool verbose) {
  auto run = std::make_unique<Run>(seed, planted, verbose);
  return run->go();
}

}  // namespace aorta::simulation
