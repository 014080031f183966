// The durable inbox: messages of sources that cannot send again, kept until they have ended. Append-only segments in a
// folder of its own, in the format of FORMAT.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/threads.hpp"
#include "core/base/time.hpp"
#include "core/journal/disk.hpp"
#include "core/journal/entry.hpp"
#include "core/journal/receipts.hpp"
#include "core/journal/recovery.hpp"
#include "core/journal/segment_reader.hpp"
#include "core/journal/settlement.hpp"

namespace aorta::journal {

enum class Durability : std::uint8_t {
  Fdatasync,  // on the medium before append() returns
  Relaxed,    // within a second: a power failure may take what was acknowledged; a crash of the program does not
  None,       // whenever the system likes
};

struct JournalOptions {
  std::string folder;
  std::uint64_t max_bytes = 1024ULL * 1024 * 1024;  // of all segments
  std::uint64_t segment_bytes = 16ULL * 1024 * 1024;
  std::chrono::milliseconds max_age{0};  // of the oldest segment with messages that have not ended; 0: no bound
  Durability durability = Durability::Fdatasync;
  ReceiptWindow receipts;  // in a quarter of max_bytes at most
};

// The answer to a key, kept with the `count` messages that end before message `end` of a batch: they may begin in
// earlier ones.
struct ReceiptOrder {
  std::size_t end = 0;
  std::uint64_t count = 0;
  std::string_view key;
  std::string_view answer;
};

struct JournalCounts {
  std::uint64_t accepted = 0;  // over the journal's life, as are the totals
  std::uint64_t waiting = 0;   // accepted and not ended
  Totals totals;
  std::uint64_t bytes = 0;  // on the disk
  std::uint64_t segments = 0;
  std::uint64_t syncs = 0;     // since it was opened, as are:
  std::uint64_t failures = 0;  // appends that could not be made durable
  bool balanced() const { return accepted == totals.sum() + waiting; }
};

// Three threads may use it at once: one that writes ([writer]), one that reads ([reader]), any that asks ([any]).
class Journal {
 public:
  // Recovers what is there. Errors: of the disk; "journal-in-use", "journal-version".
  static Result<std::unique_ptr<Journal>> open(Disk& disk, JournalOptions options);
  ~Journal();  // closes
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  const Recovery& recovered() const { return recovered_; }

  // [writer] All or none, as durable as configured when it returns; one sync for all of them. Errors are retryable, and
  // nothing of the batch counts: "journal-full" (until messages have ended), "journal-too-old", those of the disk. A
  // segment that could not be written or synced is never written again.
  Result<void> append(std::span<const Message> messages, std::span<const ReceiptOrder> receipts = {});
  // [any] Bytes of bodies that an append() finds room for as soon as messages have ended.
  std::uint64_t most_at_once() const;
  // [writer] Every second or so: writes down what has ended, frees segments, syncs what is relaxed. An error is told,
  // and harms nothing.
  Result<void> tidy();
  // [writer] Writes down what has ended, and syncs. Nothing is appended after it. Twice is fine.
  Result<void> close();

  // [reader] Gives the next messages that were appended and have not ended, the oldest first, at most that many and
  // until that many bytes of bodies are reached. Texts live for the call.
  using Take = std::function<void(std::uint64_t sequence, const Message& message)>;
  Result<void> read(std::uint64_t max_messages, std::uint64_t max_bytes, const Take& take);
  // [reader] Waits until there is something to read, at most that long, or until wake(); false: there is nothing.
  bool wait(std::chrono::milliseconds longest);
  // [any]
  void wake();

  // [any] A message that was read has ended.
  void settle(std::uint64_t sequence, End end);
  // [any] What was answered to this key, within the window.
  std::optional<std::string> answer(std::string_view key) const;
  // [any]
  JournalCounts counts() const;

 private:
  using Clock = SteadyClock;
  struct Reading;

  Journal(Disk& disk, JournalOptions options, Disk::File lock);
  void adopt(Recovered recovered);

  Result<void> check_room(std::uint64_t bytes) const;
  Result<void> ensure_segment(std::uint64_t bytes);
  Result<void> begin_segment();
  Result<void> begin_file(Segment& segment);
  void end_segment();
  void give_up_segment();
  void discard(const std::string& path);
  Result<void> discard_remains();
  void make_room();
  void encode_note();
  void encode_batch(std::span<const Message> messages, std::span<const ReceiptOrder> receipts);
  void encode_receipt(const Receipt& receipt);
  FramePlace place_of(std::size_t payload) const;
  Result<void> commit(std::uint64_t last);
  Result<void> sync_if_due(bool now);
  Result<void> commit_note();
  Result<void> free_through(std::uint64_t settled_through);
  Result<void> carry_over_receipts(std::uint64_t segment);
  bool freeing_pays() const;
  bool front_is_free(std::uint64_t settled_through) const;
  Note note() const;
  std::int64_t now_ticks() const;

  struct Place {
    std::optional<Segment> segment;
    std::uint64_t delivered = 0;  // messages up to this one were delivered
  };
  Result<std::optional<Frame>> next_frame();
  Place place_to_read();
  Result<void> open_to_read(const Segment& segment);

  Disk& disk_;
  const JournalOptions options_;
  const Disk::File lock_;
  // UTC as the wall clock told it then, and counted on from there: ages are ages, whatever that clock is set to
  // meanwhile.
  const std::int64_t opened_ticks_ = utc_now().ticks;
  const Clock::time_point opened_at_ = Clock::now();
  Recovery recovered_;
  Receipts receipts_;

  mutable Mutex mutex_;
  Condition appended_;
  std::vector<Segment> segments_;  // the oldest first; the last one may be being written
  Settlement settlement_;
  std::uint64_t last_ = 0;  // number of the last message that counts
  std::uint64_t bytes_ = 0;
  std::uint64_t syncs_ = 0;
  std::uint64_t failures_ = 0;
  bool woken_ = false;

  // The writer's.
  std::optional<Disk::File> active_;
  std::string buffer_;
  std::vector<Receipt> told_;  // of the batch under way
  std::uint64_t next_number_ = 1;
  std::uint64_t encoded_through_ = 0;  // what the last note in the buffer says
  std::uint64_t noted_through_ = 0;    // what the last note in a segment says
  std::vector<std::string> remains_;   // segments that hold nothing and could not be removed
  std::uint64_t room_through_ = 0;     // of the active segment: zeros lie up to there
  bool unsynced_ = false;
  bool closed_ = false;
  Clock::time_point synced_at_ = Clock::now();
  Clock::time_point noted_at_{};

  std::unique_ptr<Reading> reading_;  // the reader's
};

}  // namespace aorta::journal
