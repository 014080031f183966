// How a journal is written: segments, and what is committed to them.
#include <algorithm>
#include <utility>

#include "core/journal/journal.hpp"

namespace aorta::journal {
namespace {

using namespace std::chrono_literals;
constexpr auto kSyncEvery = 1s;  // where durability is relaxed
constexpr std::size_t kRoom = 1024 * 1024;
// A larger commit would use room up as fast as it is made.
constexpr std::size_t kMostIntoRoom = kRoom / 4;
constexpr std::int64_t kTicksPerMillisecond = 10'000;

}  // namespace

Result<void> Journal::append(std::span<const Message> messages, std::span<const ReceiptOrder> receipts) {
  std::uint64_t bytes = 0;
  for (const Message& message : messages) bytes += size_of(message);
  AORTA_CHECK(check_room(bytes));
  Result<void> done = ensure_segment(bytes);
  if (done.has_value()) {
    encode_batch(messages, receipts);
    done = commit(last_ + messages.size());
  }
  if (done.has_value()) return done;
  std::lock_guard lock(mutex_);
  ++failures_;
  return done;
}

Result<void> Journal::check_room(std::uint64_t bytes) const {
  std::lock_guard lock(mutex_);
  if (bytes_ + bytes > options_.max_bytes)
    return Error(
        "journal-full",
        options_.folder + ": holds " + std::to_string(bytes_) + " bytes of the " + std::to_string(options_.max_bytes) +
            " that journal.max_size allows; intake goes on once messages have ended",
        true
    );
  if (options_.max_age.count() == 0 || settlement_.settled_through() == last_ || segments_.empty()) return {};
  std::int64_t age = (now_ticks() - segments_.front().begun_ticks) / kTicksPerMillisecond;
  if (age <= options_.max_age.count()) return {};
  return Error(
      "journal-too-old",
      options_.folder + ": messages have waited for longer than journal.max_age allows; intake goes on once they ended",
      true
  );
}

Result<void> Journal::ensure_segment(std::uint64_t bytes) {
  bool full = active_ && segments_.back().last > 0 && segments_.back().size + bytes > options_.segment_bytes;
  if (full) {
    // Where durability is relaxed, nobody comes back to sync it.
    Result<void> synced = options_.durability == Durability::Relaxed ? sync_if_due(true) : Result<void>();
    if (synced.has_error()) return give_up_segment(), synced;
    end_segment();
  }
  return active_ ? Result<void>() : begin_segment();
}

// Room that was not needed goes; a reader takes zeros at the end for nothing.
void Journal::end_segment() {
  if (segments_.back().size < room_through_) (void)disk_.truncate(*active_, segments_.back().size);
  disk_.close(*std::exchange(active_, std::nullopt));
}

Result<void> Journal::begin_segment() {
  Segment segment;
  segment.number = next_number_++;
  segment.salt = disk_.random();
  segment.path = options_.folder + "/" + segment_name(segment.number, segment.salt);
  segment.begun_ticks = now_ticks();
  room_through_ = 0;
  Result<Disk::File> file = disk_.create(segment.path);
  if (file.has_error()) return discard(segment.path), file.error();
  active_ = *file;
  Result<void> done = begin_file(segment);
  if (done.has_error()) {
    disk_.close(*std::exchange(active_, std::nullopt));
    discard(segment.path);
    return done;
  }
  std::lock_guard lock(mutex_);
  bytes_ += segment.size;
  segments_.push_back(std::move(segment));
  return done;
}

// Its name is on the medium before anything in it is acknowledged; its head goes there with the first sync.
Result<void> Journal::begin_file(Segment& segment) {
  buffer_ = kPreamble;
  std::size_t payload = begin_frame(buffer_);
  write_head(buffer_, {kVersion, segment.begun_ticks, note()});
  end_frame(buffer_, payload, FrameKind::Head, 0, {segment.salt, payload - kFrameHeader});
  AORTA_CHECK(disk_.write(*active_, 0, buffer_));
  segment.size = buffer_.size();
  unsynced_ = true;
  return options_.durability == Durability::None ? Result<void>() : disk_.sync_folder(options_.folder);
}

FramePlace Journal::place_of(std::size_t payload) const {
  return {segments_.back().salt, segments_.back().size + payload - kFrameHeader};
}

void Journal::encode_batch(std::span<const Message> messages, std::span<const ReceiptOrder> receipts) {
  buffer_.clear();
  encode_note();
  std::uint64_t sequence = last_;
  for (const Message& message : messages) {
    std::size_t payload = begin_frame(buffer_);
    write_message(buffer_, message);
    end_frame(buffer_, payload, FrameKind::Record, ++sequence, place_of(payload));
  }
  std::int64_t now = receipts.empty() ? 0 : now_ticks();
  told_.clear();
  for (const ReceiptOrder& order : receipts) {
    std::uint64_t end = last_ + order.end;
    encode_receipt(told_.emplace_back(Receipt{order.key, order.answer, now, end - order.count + 1, order.count}));
  }
}

void Journal::encode_note() {
  Note now = note();
  encoded_through_ = now.settled_through;
  std::size_t payload = begin_frame(buffer_);
  write_note(buffer_, now);
  end_frame(buffer_, payload, FrameKind::Note, 0, place_of(payload));
}

void Journal::encode_receipt(const Receipt& receipt) {
  std::size_t payload = begin_frame(buffer_);
  write_receipt(buffer_, receipt);
  end_frame(buffer_, payload, FrameKind::Receipt, 0, place_of(payload));
}

// Zeros behind what is about to be written: a sync of bytes that are there already need not wait for the file system's
// own log, and so not for what others write (16 ms in one of a hundred syncs; 4 without). It may fail: then there is no
// room.
void Journal::make_room() {
  std::uint64_t end = segments_.back().size + buffer_.size();
  bool waits = options_.durability == Durability::Fdatasync && buffer_.size() <= kMostIntoRoom;
  if (!waits || end <= room_through_) return;
  static const std::string zeros(kRoom, '\0');
  room_through_ = std::max(end, std::min(end + kRoom, options_.segment_bytes));
  (void)disk_.write(*active_, end, std::string_view(zeros).substr(0, room_through_ - end));
}

// Writes the buffer; what is in it counts once that is as durable as configured.
Result<void> Journal::commit(std::uint64_t last) {
  make_room();
  Result<void> done = disk_.write(*active_, segments_.back().size, buffer_);
  unsynced_ = true;
  if (done.has_value()) done = sync_if_due(options_.durability == Durability::Fdatasync);
  if (done.has_error()) return give_up_segment(), done;
  std::lock_guard lock(mutex_);
  Segment& segment = segments_.back();
  segment.used = true;
  segment.size += buffer_.size();
  bytes_ += buffer_.size();
  if (last > last_) segment.last = last_ = last;
  noted_through_ = encoded_through_;
  for (const Receipt& receipt : told_) receipts_.remember(receipt, segment.number);
  told_.clear();
  appended_.notify_all();
  return done;
}

Result<void> Journal::sync_if_due(bool now) {
  bool due = options_.durability == Durability::Relaxed && Clock::now() - synced_at_ >= kSyncEvery;
  if (!active_ || !unsynced_ || (!now && !due)) return {};
  AORTA_CHECK(disk_.sync(*active_));
  unsynced_ = false;
  synced_at_ = Clock::now();
  std::lock_guard lock(mutex_);
  ++syncs_;
  return {};
}

// What the system says after a failed write or sync is not to be believed: this file is never written again. Cutting
// off what does not count is a courtesy; the next segment's head says the same.
void Journal::give_up_segment() {
  told_.clear();
  unsynced_ = false;
  (void)disk_.truncate(*active_, segments_.back().size);
  disk_.close(*std::exchange(active_, std::nullopt));
  if (segments_.back().used) return;
  discard(segments_.back().path);
  std::lock_guard lock(mutex_);
  bytes_ -= segments_.back().size;
  segments_.pop_back();
}

void Journal::discard(const std::string& path) {
  if (disk_.remove(path).has_error()) remains_.push_back(path);
}

Result<void> Journal::discard_remains() {
  for (; !remains_.empty(); remains_.pop_back()) AORTA_CHECK(disk_.remove(remains_.back()));
  return {};
}

}  // namespace aorta::journal
