#include "tests/faults/simulation/host.hpp"

#include <algorithm>
#include <utility>

namespace aorta::simulation {
namespace {

constexpr auto kForever = SteadyClock::time_point::max();

}  // namespace

// As `aorta run` goes on after a reload and ends (cli::PipelineRun).
void Host::live() {
  for (bool open = open_sources(); open;) {
    run();
    bool goes_on = command_ == Command::Reload && !life_.dead;
    if (!goes_on) break;
    command_ = Command::None;
    if (report_.sources_can_go_on()) continue;
    close_sources();
    open = open_sources();
  }
  close_sources();
  over_ = true;
  world_.fibers.notify(this, true);
}

// Sources --------------------------------------------------------------------------------------------------------

bool Host::open_sources() {
  life_.written.clear();
  for (std::size_t i = 0; i < world_.plan.journaled; ++i) {
    auto opened = open_journaled(i);
    if (opened.has_error()) return false;
    sources_.push_back(std::move(*opened));
  }
  for (std::size_t i = 0; i < world_.plan.topics; ++i) sources_.push_back(open_topic(i));
  return true;
}

Result<Host::Source> Host::open_journaled(std::size_t number) {
  Source source;
  source.disk = std::make_unique<MachineDisk>(world_, world_.media[number], life_.dead);
  journal::JournalOptions options = world_.plan.journal;
  options.folder = "journal";
  AORTA_TRY(opened, journal::Journal::open(*source.disk, options));
  world_.tell("waiting", opened->recovered().waiting);
  world_.tell("unreadable", opened->recovered().unreadable);
  if (opened->recovered().unreadable > 0 && !world_.power_failed)
    world_.blame("a journal tells of messages that cannot be read");
  auto recall = [journal = opened.get()](std::string_view key) { return journal->answer(key); };
  auto intake = std::make_unique<Intake>(life_, number, recall);
  auto journaled = std::make_unique<pipeline::JournaledSource>(
      "in" + std::to_string(number), std::move(intake), std::move(opened),
      [](pipeline::JournaledSource::Level, std::string_view) {}
  );
  source.journaled = journaled.get();
  source.port = std::make_unique<WatchedSource>(life_, std::move(journaled));
  return source;
}

Host::Source Host::open_topic(std::size_t number) {
  Source source;
  source.port = std::make_unique<WatchedSource>(life_, std::make_unique<TopicSource>(life_, number));
  return source;
}

void Host::close_sources() {
  for (std::size_t i = 0; i < world_.doors.size(); ++i) {
    if (!life_.dead) world_.close(world_.doors[i]);
  }
  for (const Source& source : sources_) {
    if (!source.journaled || life_.dead) continue;
    if (!source.journaled->counts().balanced()) world_.blame("the journal's ledger does not balance");
  }
  std::vector<Source> closing = std::exchange(sources_, {});  // nobody looks at them while they go
}

// The engine -----------------------------------------------------------------------------------------------------

void Host::run() {
  std::vector<std::unique_ptr<pipeline::NormalizePort>> normalizers;
  for (std::size_t i = 0; i < world_.plan.normalizers; ++i)
    normalizers.push_back(std::make_unique<Normalizer>(life_, world_.plan.depth));
  std::vector<std::unique_ptr<pipeline::SinkPort>> sinks;
  for (std::size_t i = 0; i < world_.plan.sinks; ++i) sinks.push_back(std::make_unique<Sink>(life_, i));
  std::vector<pipeline::SourcePort*> sources;
  for (const Source& source : sources_) sources.push_back(source.port.get());
  Letters letters(life_);
  pipeline::EngineOptions options = world_.plan.engine;
  choose_window(options, world_.chance);
  pipeline::Engine engine(
      options, sources, pipeline::pointers(normalizers), pipeline::pointers(sinks), letters, [](std::string_view) {}
  );
  engine_ = &engine;
  engine_over_ = false;
  Thread runner([this] {
    report_ = engine_->run();
    engine_over_ = true;
    world_.fibers.notify(this, true);
  });
  supervise();
  runner.join();
  engine_ = nullptr;
  check_report();
}

void Host::supervise() {
  Command followed = Command::None;
  life_.ends = false;
  while (!engine_over_) {
    bool stops = life_.dead || command_ == Command::Stop;
    if (stops && followed != Command::Stop) {
      followed = Command::Stop;
      life_.ends = true;
      engine_->stop();
    } else if (command_ == Command::Reload && followed == Command::None) {
      followed = Command::Reload;
      life_.ends = true;
      engine_->pause();
    } else {
      world_.fibers.wait_for_news(this, kForever);
    }
  }
}

void Host::ask(Command command) {
  if (command_ != Command::Stop) command_ = command;
  world_.fibers.notify(this, true);
}

void Host::die() {
  life_.dead = true;
  world_.fibers.notify(this, true);
}

std::uint64_t Host::waiting() const {
  return world_.fibers.look([this] {
    std::uint64_t sum = 0;
    for (const Source& source : sources_) sum += source.journaled ? source.journaled->counts().waiting : 0;
    return sum;
  });
}

// What must hold -------------------------------------------------------------------------------------------------

void Host::check() const {
  if (!engine_ || life_.dead) return;
  pipeline::Counts counts = engine_->counts();
  if (counts.in_flight > world_.plan.engine.limit.records) world_.blame("more is in flight than limits allow");
  if (counts.accepted != counts.ended() + counts.in_flight) world_.blame("the ledger does not balance");
  if (counts.settled > counts.ended()) world_.blame("more is settled than has ended");
}

// Beside messages there are the answers to keys, in a quarter of that, and those of the last batch.
void Host::check_journals() const {
  constexpr std::uint64_t kBatch = 4096;
  std::uint64_t most = world_.plan.journal.max_bytes / 4 * 5 + kBatch;
  std::uint64_t bytes = world_.fibers.look([this] {
    std::uint64_t largest = 0;
    for (const Source& source : sources_)
      largest = std::max(largest, source.journaled ? source.journaled->counts().bytes : 0);
    return largest;
  });
  if (bytes > most)
    world_.blame("a journal has " + std::to_string(bytes) + " bytes, and may have " + std::to_string(most));
}

void Host::check_report() {
  if (life_.dead) return;
  if (!report_.counts.balanced()) world_.blame("the ledger does not balance at the end");
  if (report_.failures.empty() && report_.counts.in_flight > 0)
    world_.blame("an engine ended with messages on their way, and did not say why");
}

}  // namespace aorta::simulation
