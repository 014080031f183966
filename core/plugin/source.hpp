// A source plugin as the engine sees it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aorta/abi/source.h"
#include "core/base/result.hpp"
#include "core/plugin/registry.hpp"
#include "core/plugin/surroundings.hpp"

namespace aorta::plugin {

// One message, owned: a single block of memory behind all texts, so that moving it is cheap and keeps the views.
struct Record {
  std::string_view body;
  std::string_view content_type;       // data() == nullptr: absent; likewise below
  std::string_view token;              // the source's name for it, for settle()
  std::string_view position;           // "data/vitals.ndjson:8812"
  std::string_view properties;         // JSON object
  std::string_view system_properties;  // JSON object
  std::int64_t enqueued_ticks = 0;     // DateTime::ticks, UTC; 0: not known
  std::uint32_t operation = AORTA_OPERATION_CREATE;
  std::optional<Error> rejected;  // the source found it unusable: it belongs into the dead letters with this reason
  std::unique_ptr<char[]> block;
};
// Absent where it is empty.
inline std::string_view present(std::string_view text) { return text.empty() ? std::string_view() : text; }
// A copy of everything a record points to, kept in its block.
Record own(const Record& views);
Record own(const aorta_record& record);

// What a source wants remembered with `count` of its records: those that end before record `end` of a poll; some of
// them may have come with earlier ones.
struct Receipt {
  std::string key, text;
  std::uint64_t end = 0;
  std::uint64_t count = 0;
};

class Source {
 public:
  struct Progress {
    std::uint64_t done = 0;
    std::uint64_t total = 0;  // 0: not known
  };
  enum class State : std::uint8_t { More, Ended, Cancelled };

  // `config`: canonical JSON (config/schema.hpp). [main] With an isolation in the
  // surroundings the plugin lives in a process of its own: then errors "plugin/crashed" and "plugin/timed-out" are
  // retryable, and what was not settled is polled again as the plugin has it; "plugin/quarantined" is not.
  // Errors carry the plugin's reason and message; retryable where it said AORTA_RETRY.
  static Result<std::unique_ptr<Source>> make(
      Registry& registry, std::string_view id, std::string_view config, Surroundings surroundings
  );
  virtual ~Source() = default;

  // [main] Once, before the first poll.
  virtual Result<void> start() = 0;
  // [main] After the last poll and settle; also without start, and twice.
  virtual Result<void> stop() = 0;
  // [data] Appends up to max_records records to `out`; waits at most `wait` for the first. A retryable error: poll
  // again later. What was appended before an error counts.
  virtual Result<State> poll(
      std::vector<Record>& out, std::uint64_t max_records, std::uint64_t max_bytes, std::chrono::milliseconds wait
  ) = 0;
  // [data] Each record of poll() once, when it has ended on every branch. `outcome`: AORTA_WRITTEN …
  // AORTA_DEAD_LETTERED.
  virtual void settle(std::string_view token, std::int32_t outcome) = 0;
  // [data] Bytes handed over of bytes in all; nothing if the source cannot know.
  virtual std::optional<Progress> progress() const = 0;
  // [any] A waiting poll() returns soon after.
  virtual void cancel() = 0;

  // [any] Its senders cannot send again: its records belong into a journal. Then poll_kept() and kept() take the places
  // of poll() and settle().
  virtual bool keeps() const { return false; }
  // [data] As poll(); with what is to be remembered of the records.
  virtual Result<State> poll_kept(
      std::vector<Record>& out, std::vector<Receipt>&, std::uint64_t max_records, std::uint64_t max_bytes,
      std::chrono::milliseconds wait
  ) {
    return poll(out, max_records, max_bytes, wait);
  }
  // [data] After each poll_kept() that gave records: all of them are durable, or none is.
  virtual void kept(bool) {}
};

}  // namespace aorta::plugin
