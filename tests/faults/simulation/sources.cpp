#include <algorithm>
#include <utility>

#include "core/base/whole_number.hpp"
#include "tests/faults/simulation/ports.hpp"

namespace aorta::simulation {
namespace {

using namespace std::chrono_literals;
using State = plugin::Source::State;

constexpr std::int64_t kFirstTick = 639'000'000'000'000'000;
constexpr std::size_t kMostWaiting = 6;  // requests

plugin::Record record_of(const Message& message, const std::string& token) {
  plugin::Record views;
  views.body = message.body;
  views.token = views.position = token;
  views.enqueued_ticks = kFirstTick + static_cast<std::int64_t>(message.number);
  plugin::Record record = own(views);
  if (message.kind == Kind::Unusable) record.rejected = Error("unusable", "nothing can be done with it");
  return record;
}

std::uint64_t bytes_of(const std::vector<plugin::Record>& records) {
  std::uint64_t sum = 0;
  for (const plugin::Record& record : records) sum += record.body.size();
  return sum;
}

Error passing_error() { return Error("source-away", "the source is away", true); }

}  // namespace

// Intake ---------------------------------------------------------------------------------------------------------

Intake::Intake(Life& life, std::size_t source, Recall recall)
    : life_(life), door_(life.world.doors[source]), recall_(std::move(recall)) {
  door_.open = true;
  listener_ = Thread([this] { listen(); });
}

Intake::~Intake() {
  closed_ = true;
  life_.world.fibers.notify(&door_, true);
  listener_.join();
  lose_all();
}

// What comes to the door of a dead process is not its affair.
void Intake::listen() {
  while (!closed_) {
    if (life_.dead || door_.requests.empty()) {
      life_.world.fibers.wait_for_news(&door_, SteadyClock::now() + 10s);
      continue;
    }
    std::shared_ptr<Request> request = std::move(door_.requests.front());
    door_.requests.pop_front();
    ask(std::move(request));
  }
}

void Intake::ask(std::shared_ptr<Request> request) {
  if (answered_before(*request)) return;
  std::lock_guard lock(mutex_);
  bool under_way = !request->key.empty() && keys_.count(request->key) > 0;
  if (life_.dead) return;
  if (cancelled_ || under_way || waiting_.size() >= kMostWaiting)
    return life_.world.answer(*request, Request::State::Refused);
  if (!request->key.empty()) keys_.insert(request->key);
  waiting_.push_back(std::move(request));
  arrived_.notify_one();
}

bool Intake::answered_before(Request& request) {
  if (request.key.empty() || life_.dead) return false;
  std::optional<std::string> known = recall_(request.key);
  if (!known || life_.dead) return false;
  if (*known != request.answer()) life_.world.blame("key " + request.key + " has the answer to another request");
  life_.world.tell("known", request.messages.front()->number);
  life_.world.answer(request, Request::State::Accepted);
  return true;
}

Result<State> Intake::poll(
    std::vector<plugin::Record>& out, std::vector<plugin::Receipt>& receipts, std::uint64_t max_records,
    std::uint64_t max_bytes, std::chrono::milliseconds wait
) {
  if (life_.world.happens(life_.world.weather.source_errors)) return passing_error();
  max_records = std::min<std::uint64_t>(max_records, life_.world.plan.most_per_request + 2);
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, wait, [this] { return cancelled_ || !waiting_.empty(); });
  if (cancelled_ || life_.dead) return lose_all(), State::Cancelled;
  while (!waiting_.empty() && out.size() < max_records && bytes_of(out) < max_bytes) {
    hand_over(*waiting_.front(), out, receipts, {max_records, max_bytes});
    if (!waiting_.front()->done()) break;
    told_.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    if (life_.world.has(Planted::EarlyAnswer)) life_.world.answer(*told_.back(), Request::State::Accepted);
  }
  return State::More;
}

void Intake::hand_over(
    Request& request, std::vector<plugin::Record>& out, std::vector<plugin::Receipt>& receipts, pipeline::Credit most
) {
  for (; !request.done() && out.size() < most.records && bytes_of(out) < most.bytes; ++request.handed_over)
    out.push_back(record_of(*request.messages[request.handed_over], "t"));
  if (!request.done() || request.key.empty()) return;
  receipts.push_back({request.key, request.answer(), out.size(), request.messages.size()});
}

void Intake::kept(bool durable) {
  std::lock_guard lock(mutex_);
  bool part_is_lost = !durable && !waiting_.empty() && waiting_.front()->handed_over > 0;
  if (part_is_lost) {
    answer(*waiting_.front(), false);
    waiting_.pop_front();
  }
  for (auto& request : told_) answer(*request, durable);
  told_.clear();
}

void Intake::answer(Request& request, bool durable) {
  keys_.erase(request.key);
  if (life_.dead || request.state != Request::State::Waiting) return;
  life_.world.tell(durable ? "accepted" : "refused", request.messages.front()->number);
  life_.world.answer(request, durable ? Request::State::Accepted : Request::State::Refused);
}

void Intake::cancel() {
  std::lock_guard lock(mutex_);
  cancelled_ = true;
  arrived_.notify_all();
}

void Intake::lose_all() {
  std::vector<std::shared_ptr<Request>> lost(waiting_.begin(), waiting_.end());
  lost.insert(lost.end(), told_.begin(), told_.end());
  waiting_.clear();
  told_.clear();
  keys_.clear();
  for (auto& request : lost) life_.world.answer(*request, Request::State::Lost);
}

// What the engine does with a source -----------------------------------------------------------------------------

Result<State> WatchedSource::poll(
    std::vector<plugin::Record>& out, std::uint64_t max_records, std::uint64_t max_bytes, std::chrono::milliseconds wait
) {
  if (life_.dead) return State::Ended;
  check_credit(max_records, max_bytes);
  std::size_t before = out.size();
  auto state = source_->poll(out, max_records, max_bytes, wait);
  if (life_.dead) return State::Ended;
  bool swaps = life_.world.has(Planted::SwappedRecords) && out.size() > before + 1;
  if (swaps) std::swap(out[before], out[before + 1]);
  for (std::size_t i = before; i < out.size(); ++i) take(out[i]);
  return state;
}

// A source that sees credit has been told of all that ended before it: what it waits for and what it may give now are
// within the limit, but for one record's length.
void WatchedSource::check_credit(std::uint64_t max_records, std::uint64_t max_bytes) const {
  const pipeline::Credit& limit = life_.world.plan.engine.limit;
  std::uint64_t longest = life_.world.plan.engine.max_record_bytes + 1;
  if (open_.size() + max_records > limit.records || open_bytes_ + max_bytes > limit.bytes + longest)
    life_.world.blame(std::string(name()) + " is asked for more than limits allow");
}

void WatchedSource::take(const plugin::Record& record) {
  const Message* message = life_.world.truth.find(record.body);
  if (!message) return life_.world.blame(std::string(name()) + " gave a message that nobody sent");
  bool fresh = open_.emplace(std::string(record.token), message).second;
  if (!fresh) life_.world.blame(std::string(name()) + " gave the same message twice");
  open_bytes_ += record.body.size();
}

void WatchedSource::settle(std::string_view token, std::int32_t outcome) {
  if (life_.dead) return;
  auto found = open_.find(token);
  if (found == open_.end()) return life_.world.blame(std::string(name()) + " is told of an end twice");
  const Message& message = *found->second;
  open_bytes_ -= message.body.size();
  open_.erase(found);
  if (life_.world.has(Planted::SwallowedSettlement) && life_.world.chance.one_in(20)) return;
  life_.world.tell("settled", message.number);
  std::string wrong = life_.world.truth.settle(message, static_cast<Outcome>(outcome));
  if (!wrong.empty()) life_.world.blame(wrong);
  source_->settle(token, outcome);
}

// Topics ---------------------------------------------------------------------------------------------------------

TopicSource::TopicSource(Life& life, std::size_t topic)
    : life_(life),
      topic_(life.world.topics[topic]),
      name_("topic" + std::to_string(topic)),
      next_(topic_.committed),
      settlement_(topic_.committed, {}) {}

Result<State> TopicSource::poll(
    std::vector<plugin::Record>& out, std::uint64_t max_records, std::uint64_t max_bytes, std::chrono::milliseconds wait
) {
  if (!wait_for_messages(wait)) return cancelled_ ? State::Cancelled : State::More;
  if (life_.world.has(Planted::IgnoredCredit)) max_records += 2;
  std::uint64_t bytes = 0;
  while (next_ < topic_.messages.size() && out.size() < max_records && bytes < max_bytes) {
    const Message& message = *topic_.messages[next_];
    settlement_.deliver(++next_);
    out.push_back(record_of(message, std::to_string(next_)));
    bytes += message.body.size();
    if (life_.world.happens(life_.world.weather.source_errors)) return passing_error();
  }
  if (life_.world.chance.one_in(2)) commit();
  return State::More;
}

bool TopicSource::wait_for_messages(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, wait, [this] { return cancelled_ || next_ < topic_.messages.size(); });
  commit();
  return !cancelled_ && next_ < topic_.messages.size();
}

void TopicSource::settle(std::string_view token, std::int32_t) {
  std::uint64_t number = whole_number<std::uint64_t>(token).value_or(0);
  settlement_.settle(number, journal::End::Written);
  furthest_ = std::max(furthest_, number);
  if (life_.world.chance.one_in(2)) commit();
}

void TopicSource::commit() {
  if (life_.dead) return;
  std::uint64_t through = settlement_.settled_through();
  if (life_.world.has(Planted::SettledBeyondPrefix)) through = std::max(through, furthest_);
  for (; topic_.committed < through; ++topic_.committed) {
    const Message& message = *topic_.messages[topic_.committed];
    if (!life_.world.truth.has_ended(message)) life_.world.blame(name_ + " goes on behind what has not ended");
  }
}

void TopicSource::cancel() {
  std::lock_guard lock(mutex_);
  cancelled_ = true;
  changed_.notify_all();
}

}  // namespace aorta::simulation
