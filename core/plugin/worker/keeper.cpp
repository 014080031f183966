#include "core/plugin/worker/keeper.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "aorta/abi/host.h"
#include "core/base/units.hpp"
#include "core/plugin/worker/metric_frames.hpp"

namespace aorta::plugin::worker {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds kPatience = 1s;       // with a worker that is told to end
constexpr std::chrono::milliseconds kLastBreath = 200ms;  // to see how one ended that is gone
constexpr std::string_view kOutOfMemory = "out-of-memory";

Error nonsense() { return Error("garbage", "what came is no answer"); }
bool timed_out(const Error& how) { return how.reason() == "timed-out"; }

}  // namespace

Keeper::Keeper(Hello hello, Name name, Surroundings surroundings, std::shared_ptr<Falls> falls)
    : hello_(payload_of(hello)),
      name_(std::move(name)),
      surroundings_(std::move(surroundings)),
      falls_(std::move(falls)) {}

Keeper::~Keeper() { close(); }

void Keeper::close() {
  if (!process_) return;
  process_->hang_up();
  process_->end(kPatience);
  std::lock_guard lock(process_mutex_);
  process_.reset();
}

void Keeper::cancel() {
  std::lock_guard lock(process_mutex_);
  cancelled_ = true;
  if (process_) process_->board().cancelled = 1;
}

Result<void> Keeper::open() {
  AORTA_CHECK(bring_up());
  opened_ = true;
  return {};
}

Result<void> Keeper::start() {
  auto done = ask(Type::Start, {}, 1);
  started_ = done.has_value();
  if (done.has_error()) return done.error();
  return {};
}

Result<void> Keeper::bring_up() {
  AORTA_TRY(spawned, Process::spawn(*surroundings_.isolation));
  {
    std::lock_guard lock(process_mutex_);
    process_ = std::move(spawned);
    process_->board().cancelled = cancelled_ ? 1 : 0;
  }
  ++generation_;
  answered_ = 0;
  Result<void> greeted = greet();
  if (greeted.has_error()) close();
  return greeted;
}

Result<void> Keeper::greet() {
  auto greeting = exchange(Type::Hello, hello_, deadline());
  if (greeting.has_error()) return bury(greeting.error()).in(surroundings_.name);
  if (greeting->type == Type::Failed) return said(*greeting);
  Reader reader(greeting->payload);
  if (greet_) greet_(reader);
  if (!reader.ended()) return bury(nonsense()).in(surroundings_.name);
  if (!started_) return {};
  auto started = exchange(Type::Start, {}, deadline());
  if (started.has_error()) return bury(started.error()).in(surroundings_.name);
  if (started->type == Type::Failed) return said(*started);
  return {};
}

// A worker is there, or the error says why not, and state() what kind of reason that is.
Result<void> Keeper::ready() {
  if (process_) return {};
  std::this_thread::sleep_until(not_before_);
  Result<void> up = bring_up();
  if (up.has_value()) return {};
  count_fall(std::string(up.error().message()));
  state_ = State::Away;
  return Error(std::string(up.error().reason()), std::string(up.error().message()), true);
}

Result<std::string_view> Keeper::ask(
    Type type, std::string_view payload, std::size_t size, std::chrono::milliseconds extra
) {
  if (!falls_->quarantined()) AORTA_CHECK(ready());
  if (falls_->quarantined()) {
    state_ = State::Quarantined;
    return quarantined();
  }
  return take(exchange(type, payload, deadline() + extra), size);
}

char* Keeper::room(std::size_t bytes) const {
  bool free = process_ && in_question_ == 0 && posted_.size() < Area::slots;
  return free ? process_->channel().room(bytes) : nullptr;
}

void Keeper::post(Type type, std::size_t bytes, std::size_t size) {
  posted_.push_back({size, Clock::now()});
  process_->channel().post(type, bytes);
}

// The worker began with it when it was posted, or when it was done with what came before.
Result<std::string_view> Keeper::answer() {
  Posted asked = posted_.front();
  Clock::time_point begun = std::max(asked.at, answered_at_);
  Result<Answer> answer = wait_for_answer(begun + surroundings_.isolation->time_limit);
  posted_.pop_front();
  answered_at_ = Clock::now();
  return take(answer, asked.size);
}

Result<std::string_view> Keeper::take(const Result<Answer>& answer, std::size_t size) {
  state_ = answer.has_error() ? State::Fallen : State::Answered;
  if (answer.has_error()) return fallen(answer.error(), size);
  code_ = 0;
  answered_ += static_cast<std::uint32_t>(size);
  in_question_ -= std::min(in_question_, size);
  if (answer->type == Type::Done) return answer->payload;
  Error error = said(*answer);
  if (error.reason() != kOutOfMemory) return error;
  state_ = State::Fallen;
  return fallen(error, size);
}

Result<std::string_view> Keeper::ask_back(Type type, std::string_view payload) {
  if (broken_) return *broken_;
  auto answer = exchange(type, payload, deadline());
  if (answer.has_error()) broken_ = answer.error();
  if (answer.has_error()) return answer.error();
  if (answer->type == Type::Failed) return said(*answer);
  return answer->payload;
}

Error Keeper::spoke_nonsense(std::size_t size) {
  state_ = State::Fallen;
  return fallen(nonsense(), size);
}

Result<Keeper::Answer> Keeper::exchange(Type type, std::string_view payload, Clock::time_point deadline) {
  AORTA_CHECK(process_->channel().send(type, payload, deadline));
  return wait_for_answer(deadline);
}

// Woken for half of what was posted: it is a while until the worker has nothing to do, and it wakes nobody meanwhile.
Result<Keeper::Answer> Keeper::wait_for_answer(Clock::time_point deadline) {
  Channel& channel = process_->channel();
  auto wanted = static_cast<std::uint32_t>(posted_.size() / 2);
  for (;;) {
    AORTA_TRY(frame, wanted > 0 ? channel.receive_at_leisure(deadline, wanted) : channel.receive(deadline));
    if (frame.type == Type::Done || frame.type == Type::Failed) return frame;
    bool asked_for = frame.type != Type::Log && frame.type != Type::Metrics;
    Clock::time_point attended_from = Clock::now();
    AORTA_CHECK(attend(frame));
    if (asked_for) deadline += Clock::now() - attended_from;  // the host's own time
  }
}

Result<void> Keeper::attend(const Channel::Frame& frame) {
  if (frame.type == Type::Metrics) return take_metrics(frame.payload);
  if (frame.type != Type::Log) return serve(frame);
  write_log(frame.payload);
  return {};
}

Result<void> Keeper::serve(const Channel::Frame& request) {
  std::string kept(request.payload);  // asking back needs the channel's memory
  Reader reader(kept);
  Result<std::string> answer = serve_ ? serve_(request.type, reader) : nonsense();
  if (broken_) return *std::exchange(broken_, std::nullopt);
  if (!serve_ || !reader.ended()) return nonsense();
  if (answer.has_value()) return process_->channel().send(Type::Done, *answer, deadline());
  std::string failure;
  Writer writer(failure);
  put_error(writer, answer.error());
  return process_->channel().send(Type::Failed, failure, deadline());
}

Error Keeper::said(const Answer& answer) {
  Reader reader(answer.payload);
  code_ = reader.take<std::int32_t>();
  Error error = take_error(reader);
  return reader.ended() ? error : nonsense();
}

// Ends the process and says what happened.
Error Keeper::bury(const Error& how) {
  std::string name = name_(process_->board().part);
  fell_at_ = process_->board().record - answered_;
  std::string end = process_->end(timed_out(how) ? 0ms : kLastBreath);
  {
    std::lock_guard lock(process_mutex_);
    process_.reset();
  }
  const Isolation& limits = *surroundings_.isolation;
  if (timed_out(how))
    return Error("plugin/timed-out", name + " took longer than its time_limit of " + duration_text(limits.time_limit));
  if (how.reason() == "garbage") return Error("plugin/crashed", name + " wrote nonsense on its connection to the host");
  if (how.reason() == kOutOfMemory)
    return Error("plugin/crashed", name + " needs more memory than its limit of " + bytes_text(limits.memory));
  return Error("plugin/crashed", name + " ended in its process: " + end);
}

Error Keeper::fallen(const Error& how, std::size_t size) {
  Error error = bury(how);
  bool is_new = in_question_ == 0;
  if (is_new) blamed_ = 0;
  for (const Posted& posted : posted_) size += posted.size;
  posted_.clear();
  if (is_new) in_question_ = size;
  // Falls over a batch and its parts are one, until the second thing is found that it falls over.
  if (is_new || (size <= 1 && blamed_ > 0)) count_fall(std::string(error.message()));
  if (size <= 1) {
    ++blamed_;
    in_question_ -= std::min<std::size_t>(in_question_, 1);
  }
  return error.in(surroundings_.name);
}

void Keeper::count_fall(std::string what_happened) {
  if (!opened_) return;                            // what is wrong from the start is told to whom opens it
  std::string prefix = surroundings_.name + ": ";  // the log has it already
  if (what_happened.starts_with(prefix)) what_happened.erase(0, prefix.size());
  unsigned count = falls_->add(Clock::now());
  not_before_ = Clock::now() + falls_->pause();
  std::string number = " (" + std::to_string(count) + " of " + std::to_string(falls_->most()) + " within ten minutes)";
  if (!falls_->quarantined()) return log(AORTA_LOG_WARNING, what_happened + number + "; a new process takes over");
  log(AORTA_LOG_ERROR,
      what_happened + number +
          ": it is quarantined, its messages go to the dead letters; replace the library or change its configuration, "
          "run again, then: aorta deadletter replay");
}

Error Keeper::quarantined() const {
  return Error(
             "plugin/quarantined",
             name_(~0U) + " crashed " + std::to_string(falls_->most()) +
                 " times and is quarantined; replace the library, run again, and replay this message"
  )
      .in(surroundings_.name);
}

void Keeper::write_log(std::string_view payload) const {
  Reader reader(payload);
  auto level = reader.take<std::int32_t>();
  std::string_view text = reader.text();
  if (reader.ended()) log(level, std::string(text));
}

Result<void> Keeper::take_metrics(std::string_view payload) const {
  Reader reader(payload);
  if (surroundings_.metrics && !worker::take_metrics(reader, *surroundings_.metrics)) return nonsense();
  return {};
}

void Keeper::log(int level, const std::string& text) const {
  if (surroundings_.log) surroundings_.log(level, surroundings_.name, text);
}

}  // namespace aorta::plugin::worker
