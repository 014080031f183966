// Records that could not go on, kept with everything needed to understand them and to try again: one SQLite file.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/time.hpp"
#include "core/sqlite/database.hpp"

namespace aorta::journal {

// Of a longer body only the beginning is kept; DeadLetter::body_size says how long it was. Sources bound their records
// far below (max_record_bytes), so that replaying a letter gives what was received.
inline constexpr std::size_t kMaxKeptBody = 64 * 1024 * 1024;

// What happens where the letters take up as much of the disk as they may.
enum class AtLimit : std::uint8_t {
  Refuse,        // add() fails with "dead-letters-full", retryable: nothing is lost while somebody waits
  ForgetOldest,  // of those that were there, the ones not seen for the longest time
};

struct LetterLimits {
  std::uint64_t max_size = UINT64_MAX;  // bytes of the file that are in use
  AtLimit at_limit = AtLimit::Refuse;
  std::size_t max_kept_body = kMaxKeptBody;
};

struct DeadLetter {
  std::string source;             // the source's name
  std::string position;           // where a person finds the record: "data/vitals.ndjson:8812"
  std::string body;               // any bytes
  std::string properties;         // JSON object, or empty: absent
  std::string system_properties;  // likewise
  std::string content_type;
  std::int64_t enqueued_ticks = 0;  // DateTime::ticks, UTC; 0: not known
  std::string reason;               // "normalize/no-template-matched": stage/what
  std::string message;              // one sentence; no payload of a patient
  std::string where;                // template or sink; may be empty
  std::string fingerprint;          // of the configuration

  // Known of stored letters only.
  std::int64_t id = 0;
  std::uint64_t body_size = 0;
  std::int64_t first_ticks = 0, last_ticks = 0;  // UTC
  std::uint64_t count = 0;                       // how often this record came back for this reason

  std::string_view stage() const { return std::string_view(reason).substr(0, reason.find('/')); }
  bool cut() const { return body_size > body.size(); }
};

// What holds for a letter; every part that is given.
struct LetterFilter {
  std::vector<std::string> reasons;  // any of them; empty: all
  std::vector<std::string> sources;
  std::vector<std::uint64_t> ids;
  std::int64_t seen_before = 0;  // ticks: seen last before then; 0: whenever
  std::int64_t after = 0;        // with a larger id, to read page by page
  std::int64_t up_to = 0;        // with no larger id; 0: all
};

// The letters of one reason, and the one of them seen last.
struct LetterGroup {
  std::string reason;
  std::uint64_t letters = 0;  // different records
  std::uint64_t count = 0;    // with repetitions
  std::int64_t first_ticks = 0, last_ticks = 0;
  DeadLetter last;  // without its body
};

// A letter as it was read: it comes back with another count.
struct LetterVersion {
  std::int64_t id = 0;
  std::uint64_t count = 0;
};

// Not thread-safe; several processes may share a file. Errors: "dead-letters-missing", "dead-letters-not-a-database",
// "dead-letters-foreign" (not this program's file; it is left as it is), and those of sqlite::Database. Each names the
// file.
class DeadLetters {
 public:
  // For writing: creates folders, file and layout where they are missing.
  static Result<DeadLetters> open(const std::string& path, LetterLimits limits = {});
  static Result<DeadLetters> open_for_reading(const std::string& path);

  // All or none, durable once it returns. The same record (source, position, body) with the same reason again raises
  // its count and its last time only. Gives how many older ones were forgotten to make room.
  Result<std::uint64_t> add(std::span<const DeadLetter> letters);

  // The most frequent reason first.
  Result<std::vector<LetterGroup>> groups(const LetterFilter& filter);
  // The oldest first, at most `limit`.
  Result<std::vector<DeadLetter>> letters(const LetterFilter& filter, std::uint64_t limit);
  // Of the sources that have letters, the names.
  Result<std::vector<std::string>> sources(const LetterFilter& filter);
  // The largest id; 0: there is none.
  Result<std::int64_t> last_id();

  // Forgets them, all or none; gives how many.
  Result<std::uint64_t> remove(const LetterFilter& filter);
  // Forgets those that have not come back since they were read; gives how many. All or none.
  Result<std::uint64_t> remove_unchanged(std::span<const LetterVersion> letters);
  // Forgets what was last seen longer ago; gives how many.
  Result<std::uint64_t> purge(std::chrono::milliseconds keep);

 private:
  DeadLetters(sqlite::Database db, LetterLimits limits) : db_(std::move(db)), limits_(limits) {}
  Result<void> add_all(std::span<const DeadLetter> letters, std::int64_t now);
  Result<std::uint64_t> size();
  Result<void> check_room();
  Result<std::uint64_t> make_room(std::int64_t now);
  Result<std::uint64_t> forget_oldest(std::int64_t now, std::int64_t count);
  Result<std::uint64_t> changes();
  // Runs it whole or not at all.
  template <class Work>
  auto in_transaction(Work&& work) -> decltype(work());

  sqlite::Database db_;
  LetterLimits limits_;
};

}  // namespace aorta::journal
