#include <algorithm>

#include "core/base/whole_number.hpp"
#include "tests/faults/simulation/ports.hpp"

namespace aorta::simulation {
namespace {

using namespace std::chrono_literals;
using Ended = fhir::Ending::Kind;

constexpr std::string_view kRule = "excluded";

Error dead() { return Error("dead", "the process is dead"); }

// Where it stands in its source: "in0@17", "17".
std::string_view place_of(const plugin::Record& record) {
  return record.position.substr(record.position.find('@') + 1);
}

struct Made {
  const Message& message;
  std::string_view place;
};

void add_measurement(const Made& made, std::string_view type, mapping::MeasurementSink& out) {
  const Message& message = made.message;
  std::string device = std::to_string(message.source) + "/" + std::to_string(message.device);
  std::string number = std::to_string(message.number);
  mapping::ValueView values[] = {{"number", number}, {"place", made.place}};
  mapping::MeasurementView view;
  view.type = type;
  view.device = device;
  view.occurred.ticks = message.time;
  view.values = values;
  out.add(view);
}

const Message& message_of(const World& world, const group::Member& member) {
  return world.truth.at(whole_number<std::uint64_t>(member.values.front().text).value_or(1));
}

}  // namespace

// Normalization --------------------------------------------------------------------------------------------------

void Normalizer::begin(std::span<pipeline::NormalizeJob> jobs) {
  if (begun_.size() >= depth_) life_.world.blame("more batches are begun than there is depth for");
  begun_.push_back(jobs);
  if (depth_ == 1) NormalizePort::begin(jobs);
}

void Normalizer::finish() {
  if (begun_.empty()) return life_.world.blame("a batch is to be finished that was not begun");
  if (depth_ > 1) NormalizePort::begin(begun_.front());
  begun_.pop_front();
}

Result<void> Normalizer::normalize(const plugin::Record& record, mapping::MeasurementSink& out) {
  life_.world.fibers.pass();
  const Message* message = life_.world.truth.find(record.body);
  if (!message) return Error("changed", "nobody sent this message");
  Made made{*message, place_of(record)};
  switch (message->kind) {
    case Kind::Plain:
      return add_measurement(made, "a", out), Result<void>();
    case Kind::Double:
      add_measurement(made, "a", out);
      life_.world.fibers.pass();
      return add_measurement(made, "b", out), Result<void>();
    case Kind::HalfDone:
      add_measurement(made, "a", out);
      return Error("broken", "its second half cannot be read");
    case Kind::Refused:
      return add_measurement(made, "r", out), Result<void>();
    case Kind::Excluded:
      return add_measurement(made, "x", out), Result<void>();
    case Kind::Broken:
      return Error("broken", "it cannot be read");
    case Kind::TooLong:
    case Kind::Unusable:
      life_.world.blame("a message came to the templates that should not have");
      return {};
    case Kind::Empty:
      return {};
  }
  return {};
}

// Sinks ----------------------------------------------------------------------------------------------------------

Result<std::vector<Sink::Endings>> Sink::write(std::span<const group::Group> groups) {
  AORTA_CHECK(meet_weather(groups));
  World& world = life_.world;
  std::vector<Endings> endings;
  for (const group::Group& group : groups) endings.push_back(write(group));
  if (world.happens(world.weather.lost_answers)) return Error("no-answer", "no answer came", true);
  world.fibers.pass();
  if (life_.dead) return dead();
  return endings;
}

Result<void> Sink::meet_weather(std::span<const group::Group> groups) {
  World& world = life_.world;
  world.fibers.pass();
  if (world.happens(world.weather.slow_sinks)) Thread::sleep_for(world.chance.time(20s));
  if (life_.dead) return dead();
  if (world.has(Planted::HastySink)) (void)meet_outage();
  AORTA_CHECK(meet_outage());
  if (world.happens(world.weather.sinks_away)) return Error("sink-away", "the sink is away", true);
  if (world.happens(world.weather.sink_breakdowns)) return Error("sink-broken", "the sink is broken");
  if (!world.happens(world.weather.half_writes)) return {};
  for (const group::Group& group : groups.first(world.chance.below(groups.size() + 1))) write(group);
  return Error("half-written", "the sink broke off", true);
}

// Long ones are met with patience.
Result<void> Sink::meet_outage() {
  SteadyClock::time_point now = SteadyClock::now();
  if (now >= life_.world.sinks_away_until) return {};
  bool patient = refused_at_ == SteadyClock::time_point() || now - refused_at_ >= 1s || life_.ends;
  if (!patient) life_.world.blame(name_ + " is away, and asked again at once");
  refused_at_ = now;
  return Error("sink-away", "the sink is away", true);
}

Sink::Endings Sink::write(const group::Group& group) {
  check(group);
  Endings endings;
  for (const group::Member& member : group.measurements) endings.push_back(write(member));
  return endings;
}

fhir::Ending Sink::write(const group::Member& member) {
  World& world = life_.world;
  const Message& message = message_of(world, member);
  if (member.type == "x") return {Ended::Filtered, {}, std::string(kRule)};
  if (member.type == "r" && number_ == 0) return {Ended::Failed, Error("refused", "not taken"), {}};
  if (world.has(Planted::ForgottenBranch) && world.chance.one_in(50)) return {};
  bool changed = world.truth.store(number_, message, member.type.front());
  world.tell(changed ? "written" : "merged", message.number);
  return {changed ? Ended::Written : Ended::Merged, {}, {}};
}

// The last one of a time counts; none of those it replaced came later. No time comes twice.
void Sink::check(const group::Group& group) {
  for (const group::Member& member : group.measurements) check_order(member);
  for (const group::Member& replaced : group.replaced) {
    auto kept = std::find_if(group.measurements.begin(), group.measurements.end(), [&](const group::Member& member) {
      return member.occurred.ticks == replaced.occurred.ticks;
    });
    if (kept == group.measurements.end() ||
        message_of(life_.world, *kept).number < message_of(life_.world, replaced).number)
      life_.world.blame("a measurement was replaced by an earlier one");
  }
}

void Sink::check_order(const group::Member& member) {
  std::string key = std::string(member.device) + "/" + std::to_string(member.occurred.ticks) + std::string(member.type);
  std::uint64_t& last = life_.written[{number_, key}];
  std::uint64_t place = whole_number<std::uint64_t>(member.values.back().text).value_or(0);
  if (place < last) life_.world.blame("a device's messages changed their order");
  last = place;
}

// Dead letters ---------------------------------------------------------------------------------------------------

Result<void> Letters::add(std::span<const pipeline::Letter> letters) {
  World& world = life_.world;
  world.fibers.pass();
  if (life_.dead) return dead();
  if (world.happens(world.weather.sinks_away)) return Error("dead-letters-full", "there is no room", true);
  if (world.happens(world.weather.sink_breakdowns)) return Error("dead-letters-broken", "they cannot be read");
  if (world.has(Planted::LostLetter) && world.chance.one_in(20)) return {};
  for (const pipeline::Letter& letter : letters) {
    const Message* message = world.truth.find(letter.record->body);
    if (!message) return world.blame("a dead letter has another body"), Result<void>();
    world.tell("letter", message->number);
    world.truth.keep_letter(*message);
  }
  if (world.happens(world.weather.lost_answers)) return Error("no-answer", "no answer came", true);
  return {};
}

}  // namespace aorta::simulation
