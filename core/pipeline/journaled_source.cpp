#include "core/pipeline/journaled_source.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace aorta::pipeline {
namespace {

using namespace std::chrono_literals;
constexpr auto kIntakeWait = 100ms;
constexpr auto kPause = 1s;  // after a failure that may pass
// One commit: large enough that a sync is shared by many, small enough that nobody waits long for it.
constexpr std::uint64_t kCommitRecords = 4096;
constexpr std::uint64_t kCommitBytes = 4 * 1024 * 1024;

journal::End end_of(std::int32_t outcome) {
  switch (outcome) {
    case AORTA_WRITTEN:
      return journal::End::Written;
    case AORTA_MERGED:
      return journal::End::Merged;
    case AORTA_FILTERED:
      return journal::End::Filtered;
    default:
      return journal::End::DeadLettered;
  }
}

journal::Message message_of(const plugin::Record& record) {
  journal::Message out;
  out.body = record.body;
  out.content_type = record.content_type;
  out.properties = record.properties;
  out.system_properties = record.system_properties;
  out.enqueued_ticks = record.enqueued_ticks;
  out.operation = record.operation;
  if (record.rejected) {
    out.rejected_reason = record.rejected->reason();
    out.rejected_message = record.rejected->message();
  }
  return out;
}

}  // namespace

JournaledSource::JournaledSource(
    std::string name, std::unique_ptr<IntakePort> intake, std::unique_ptr<journal::Journal> journal, Tell tell
)
    : name_(std::move(name)), journal_(std::move(journal)), intake_(std::move(intake)), tell_(std::move(tell)) {}

JournaledSource::~JournaledSource() {
  cancel();
  if (thread_.joinable()) thread_.join();
  if (auto closed = journal_->close(); closed.has_error()) tell_(Level::Warning, closed.error().message());
}

Result<plugin::Source::State> JournaledSource::poll(
    std::vector<plugin::Record>& out, std::uint64_t max_records, std::uint64_t max_bytes, std::chrono::milliseconds wait
) {
  using State = plugin::Source::State;
  if (!thread_.joinable()) thread_ = Thread([this] { take_in(); });
  if (cancelled_) return State::Cancelled;
  bool over = intake_over_;  // before the look into the journal: nothing comes behind it
  if (!journal_->wait(over ? 0ms : wait)) {
    auto failure = over ? ended() : std::nullopt;
    return failure ? Result<State>(*failure) : over ? State::Ended : State::More;
  }
  AORTA_CHECK(journal_->read(max_records, max_bytes, [&](std::uint64_t sequence, const journal::Message& message) {
    out.push_back(record_of(sequence, message));
  }));
  return State::More;
}

plugin::Record JournaledSource::record_of(std::uint64_t sequence, const journal::Message& message) const {
  std::string position = name_ + "@" + std::to_string(sequence);
  plugin::Record views;
  views.body = message.body;
  views.content_type = message.content_type;
  views.properties = message.properties;
  views.system_properties = message.system_properties;
  views.enqueued_ticks = message.enqueued_ticks;
  views.operation = message.operation;
  views.position = position;
  views.token = {reinterpret_cast<const char*>(&sequence), sizeof sequence};
  plugin::Record record = own(views);
  if (message.rejected_reason.data())
    record.rejected = Error(std::string(message.rejected_reason), std::string(message.rejected_message));
  return record;
}

void JournaledSource::settle(std::string_view token, std::int32_t outcome) {
  std::uint64_t sequence = 0;
  std::memcpy(&sequence, token.data(), sizeof sequence);
  journal_->settle(sequence, end_of(outcome));
}

void JournaledSource::cancel() {
  cancelled_ = true;
  intake_->cancel();
  journal_->wake();
}

std::string JournaledSource::trouble() const {
  std::lock_guard lock(mutex_);
  return trouble_;
}

std::optional<Error> JournaledSource::ended() const {
  std::lock_guard lock(mutex_);
  return failure_;
}

// Taking in -------------------------------------------------------------------------------------------------------

void JournaledSource::take_in() {
  while (take_in_once()) {
  }
  intake_over_ = true;
  journal_->wake();
}

bool JournaledSource::take_in_once() {
  std::vector<plugin::Record> records;
  std::vector<plugin::Receipt> receipts;
  std::uint64_t most_bytes = std::min(kCommitBytes, journal_->most_at_once());
  auto state = intake_->poll(records, receipts, kCommitRecords, most_bytes, kIntakeWait);
  if (!records.empty()) keep(records, receipts);
  tidy();
  if (state.has_value()) return *state == plugin::Source::State::More;
  if (state.error().retryable()) {
    Thread::sleep_for(cancelled_ ? 0ms : std::chrono::milliseconds(kPause));
    return !cancelled_;
  }
  std::lock_guard lock(mutex_);
  failure_ = state.error();
  return false;
}

void JournaledSource::keep(std::vector<plugin::Record>& records, const std::vector<plugin::Receipt>& receipts) {
  std::vector<journal::Message> messages;
  messages.reserve(records.size());
  for (const plugin::Record& record : records) messages.push_back(message_of(record));
  std::vector<journal::ReceiptOrder> orders;
  for (const plugin::Receipt& one : receipts) orders.push_back({one.end, one.count, one.key, one.text});
  Result<void> done = journal_->append(messages, orders);
  note_result(done);
  intake_->kept(done.has_value());
}

// Told when it begins, and when it is over.
void JournaledSource::note_result(const Result<void>& done) {
  std::string trouble = done.has_error() ? std::string(done.error().message()) : std::string();
  {
    std::lock_guard lock(mutex_);
    if (trouble.empty() == trouble_.empty()) return void(trouble_ = trouble);
    trouble_ = trouble;
  }
  if (trouble.empty()) return tell_(Level::Info, "messages are taken in again");
  tell_(Level::Warning, trouble + "; senders are asked to come again, nothing that was acknowledged is lost");
}

void JournaledSource::tidy() {
  Result<void> done = journal_->tidy();
  if (done.has_error() && !tidy_failed_) tell_(Level::Warning, done.error().message());
  tidy_failed_ = done.has_error();
}

}  // namespace aorta::pipeline
