#include "core/journal/journal.hpp"

#include <algorithm>
#include <utility>

#include "core/journal/segment_reader.hpp"

namespace aorta::journal {
namespace {

using namespace std::chrono_literals;
constexpr auto kNoteEvery = 1s;
// Of a journal's size: what answers to keys may take up, and what may come at once.
constexpr std::uint64_t kShare = 4;

// Answers that are written once more with every segment that goes must leave room for messages.
ReceiptWindow window_of(const JournalOptions& options) {
  ReceiptWindow window = options.receipts;
  window.max_bytes = std::min(window.max_bytes, options.max_bytes / kShare);
  return window;
}

}  // namespace

// The segment that is being read. It is held open while it may be freed.
struct Journal::Reading {
  Reading(Disk& of, Disk::File opened, const Segment& segment)
      : disk(of), file(opened), number(segment.number), frames(of, opened, segment.salt) {}
  ~Reading() { disk.close(file); }

  Disk& disk;
  Disk::File file;
  std::uint64_t number;
  SegmentReader frames;
};

// Opening and closing ---------------------------------------------------------------------------------------------

Journal::Journal(Disk& disk, JournalOptions options, Disk::File lock)
    : disk_(disk), options_(std::move(options)), lock_(lock), receipts_(window_of(options_)) {}

Journal::~Journal() {
  (void)close();
  reading_.reset();
  disk_.close(lock_);
}

Result<std::unique_ptr<Journal>> Journal::open(Disk& disk, JournalOptions options) {
  AORTA_CHECK(disk.make_folder(options.folder));
  AORTA_TRY(lock, disk.lock(options.folder + "/lock"));
  std::unique_ptr<Journal> made(new Journal(disk, std::move(options), lock));
  AORTA_TRY(recovered, recover(disk, made->options_.folder, made->receipts_));
  made->adopt(std::move(recovered));
  return made;
}

void Journal::adopt(Recovered recovered) {
  recovered_ = std::move(recovered.report);
  segments_ = std::move(recovered.segments);
  remains_ = std::move(recovered.remains);
  settlement_ = Settlement(recovered.note.settled_through, recovered.note.totals);
  last_ = recovered.last;
  noted_through_ = recovered.note.settled_through;
  for (const Segment& segment : segments_) bytes_ += segment.size;
  next_number_ = recovered.next_number;
  receipts_.forget_older(now_ticks());
}

Result<void> Journal::close() {
  if (std::exchange(closed_, true)) return {};
  bool notes = note().settled_through != noted_through_ || active_;
  Result<void> done = notes ? commit_note() : Result<void>();
  if (done.has_value() && options_.durability != Durability::None) done = sync_if_due(true);
  if (active_) end_segment();
  return done;
}

std::uint64_t Journal::most_at_once() const { return options_.max_bytes / kShare; }

std::int64_t Journal::now_ticks() const {
  using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, DateTime::kTicksPerSecond>>;
  return opened_ticks_ + std::chrono::duration_cast<Ticks>(Clock::now() - opened_at_).count();
}

Note Journal::note() const {
  std::lock_guard lock(mutex_);
  return {settlement_.settled_through(), last_, settlement_.totals()};
}

// Tidying ---------------------------------------------------------------------------------------------------------

Result<void> Journal::tidy() {
  if (auto synced = sync_if_due(false); synced.has_error()) return give_up_segment(), synced;
  bool stale = note().settled_through != noted_through_ && Clock::now() - noted_at_ >= kNoteEvery;
  bool frees = freeing_pays();
  Result<void> done = stale || frees ? commit_note() : Result<void>();
  if (!frees) return done;
  // A full disk keeps notes from being written, and must not keep segments from being freed.
  return free_through(done.has_value() ? noted_through_ : note().settled_through);
}

Result<void> Journal::commit_note() {
  noted_at_ = Clock::now();
  AORTA_CHECK(ensure_segment(0));
  buffer_.clear();
  encode_note();
  return commit(last_);
}

bool Journal::front_is_free(std::uint64_t settled_through) const {
  std::lock_guard lock(mutex_);
  if (segments_.empty() || segments_.front().last > settled_through) return false;
  return segments_.size() > 1 || (!active_ && segments_.front().last > 0);
}

// Receipts that still count are written once more when their segment goes: rarely enough that this costs little.
bool Journal::freeing_pays() const {
  constexpr std::uint64_t kWorth = 4;
  std::uint64_t least = std::min(kWorth * receipts_.bytes(), options_.max_bytes / kWorth);
  std::lock_guard lock(mutex_);
  std::uint64_t free = 0;
  for (const Segment& segment : segments_) {
    bool last = &segment == &segments_.back();
    if (segment.last > settlement_.settled_through() || (last && (active_ || segment.last == 0))) break;
    free += segment.size;
  }
  return free > 0 && free >= least;
}

// From the front only, so that whoever finds the front missing knows that all of it had ended; and only what a note
// says of, so that it is known how. Each is gone for good before the next one goes: a power failure that brings some
// back must not leave out younger ones, or older values would be written over theirs. What was given up goes before
// any of them: that it does not count is told by the segments around it.
Result<void> Journal::free_through(std::uint64_t settled_through) {
  AORTA_CHECK(discard_remains());
  while (front_is_free(settled_through)) {
    (void)carry_over_receipts(segments_.front().number);  // on a full disk they live as long as this process
    if (options_.durability != Durability::None) AORTA_CHECK(disk_.sync_folder(options_.folder));
    AORTA_CHECK(disk_.remove(segments_.front().path));
    std::lock_guard lock(mutex_);
    bytes_ -= segments_.front().size;
    segments_.erase(segments_.begin());
  }
  return {};
}

Result<void> Journal::carry_over_receipts(std::uint64_t segment) {
  receipts_.forget_older(now_ticks());
  std::vector<Receipts::Kept> kept = receipts_.in_segment(segment);
  if (kept.empty()) return {};
  AORTA_CHECK(ensure_segment(0));
  buffer_.clear();
  told_.clear();
  for (const Receipts::Kept& one : kept) encode_receipt(told_.emplace_back(one.view()));
  return commit(last_);
}

// Reading ---------------------------------------------------------------------------------------------------------

Result<void> Journal::read(std::uint64_t max_messages, std::uint64_t max_bytes, const Take& take) {
  std::uint64_t messages = 0, bytes = 0;
  while (messages < max_messages && bytes < max_bytes) {
    AORTA_TRY(frame, next_frame());
    if (!frame) break;
    auto message = read_message(frame->payload);
    if (!message) continue;
    {
      std::lock_guard lock(mutex_);
      settlement_.deliver(frame->sequence);
    }
    take(frame->sequence, *message);
    ++messages;
    bytes += message->body.size();
  }
  return {};
}

// The next one that holds a message to deliver; nothing: there is none at the moment.
Result<std::optional<Frame>> Journal::next_frame() {
  for (;;) {
    Place place = place_to_read();
    if (!place.segment) return std::optional<Frame>();
    if (!reading_ || reading_->number != place.segment->number) AORTA_CHECK(open_to_read(*place.segment));
    while (reading_->frames.offset() < place.segment->size) {
      AORTA_TRY(frame, reading_->frames.next(place.segment->size));
      if (!frame) break;
      bool waits = frame->sequence > place.delivered && frame->sequence <= place.segment->last;
      if (frame->kind == FrameKind::Record && waits) return frame;
    }
  }
}

// Where there is something to read. Where there is not, what has not been delivered cannot be read.
Journal::Place Journal::place_to_read() {
  std::lock_guard lock(mutex_);
  for (const Segment& segment : segments_) {
    bool behind = reading_ && segment.number < reading_->number;
    bool at_end = reading_ && segment.number == reading_->number && reading_->frames.offset() >= segment.size;
    if (!behind && !at_end) return {segment, settlement_.delivered_through()};
  }
  settlement_.lose_through(last_);
  return {};
}

Result<void> Journal::open_to_read(const Segment& segment) {
  AORTA_TRY(file, disk_.open(segment.path));
  reading_ = std::make_unique<Reading>(disk_, file, segment);
  return {};
}

bool Journal::wait(std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  auto readable = [this] { return settlement_.delivered_through() < last_; };
  appended_.wait_for(lock, longest, [&] { return woken_ || readable(); });
  woken_ = false;
  return readable();
}

void Journal::wake() {
  std::lock_guard lock(mutex_);
  woken_ = true;
  appended_.notify_all();
}

void Journal::settle(std::uint64_t sequence, End end) {
  std::lock_guard lock(mutex_);
  settlement_.settle(sequence, end);
}

std::optional<std::string> Journal::answer(std::string_view key) const { return receipts_.answer(key, now_ticks()); }

JournalCounts Journal::counts() const {
  std::lock_guard lock(mutex_);
  return {
      .accepted = last_,
      .waiting = last_ - settlement_.settled_through(),
      .totals = settlement_.totals(),
      .bytes = bytes_,
      .segments = segments_.size(),
      .syncs = syncs_,
      .failures = failures_};
}

}  // namespace aorta::journal
