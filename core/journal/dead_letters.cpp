#include "core/journal/dead_letters.hpp"

#include "core/base/sha256.hpp"
#include "core/journal/letter_file.hpp"

namespace aorta::journal {
namespace {

using sqlite::Rows;
using sqlite::Statement;

constexpr std::string_view kInsert =
    "INSERT INTO letter (key, source, position, content_type, enqueued, reason, message, place, fingerprint, first, "
    "last, body_size, body, "
    "properties, system_properties, count) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,1) "
    "ON CONFLICT (key) DO UPDATE SET count = count + 1, last = excluded.last, message = excluded.message, fingerprint "
    "= excluded.fingerprint";

constexpr const char* kColumns =
    "id, source, position, content_type, enqueued, reason, message, place, fingerprint, first, last, body_size, count, "
    "properties, system_properties, ";

// The same record failing for the same reason; lengths keep the parts apart.
std::string key_of(const DeadLetter& letter) {
  std::string text;
  for (const std::string* part : {&letter.source, &letter.position, &letter.reason}) {
    text += std::to_string(part->size()) + ":" + *part;
  }
  return sha256_hex(text + sha256_hex(letter.body));
}

DeadLetter letter_of(const Statement& row) {
  DeadLetter letter;
  letter.id = row.integer(0);
  letter.source = row.text(1);
  letter.position = row.text(2);
  letter.content_type = row.text(3);
  letter.enqueued_ticks = row.integer(4);
  letter.reason = row.text(5);
  letter.message = row.text(6);
  letter.where = row.text(7);
  letter.fingerprint = row.text(8);
  letter.first_ticks = row.integer(9);
  letter.last_ticks = row.integer(10);
  letter.body_size = static_cast<std::uint64_t>(row.integer(11));
  letter.count = static_cast<std::uint64_t>(row.integer(12));
  letter.properties = row.text(13);
  letter.system_properties = row.text(14);
  letter.body = row.text(15);
  return letter;
}

// ?1, ?2, …: numbered, so that a statement may name them twice.
std::string marks(std::size_t first, std::size_t count) {
  std::string out = "(";
  for (std::size_t i = first; i < first + count; ++i) out += (i == first ? "?" : ", ?") + std::to_string(i + 1);
  return out + ")";
}

std::string where_clause(const LetterFilter& filter) {
  std::string out = " WHERE true";
  if (!filter.reasons.empty()) out += " AND reason IN " + marks(0, filter.reasons.size());
  if (!filter.sources.empty()) out += " AND source IN " + marks(filter.reasons.size(), filter.sources.size());
  return out;
}

int bind_filter(Statement& statement, const LetterFilter& filter) {
  int at = 0;
  for (const std::string& reason : filter.reasons) statement.bind(++at, std::string_view(reason));
  for (const std::string& source : filter.sources) statement.bind(++at, std::string_view(source));
  return at;
}

void bind_letter(
    Statement& insert, const DeadLetter& letter, const std::string& key, std::int64_t now, std::size_t max_kept_body
) {
  insert.bind(1, std::string_view(key))
      .bind(2, std::string_view(letter.source))
      .bind(3, std::string_view(letter.position));
  insert.bind(4, std::string_view(letter.content_type))
      .bind(5, letter.enqueued_ticks)
      .bind(6, std::string_view(letter.reason));
  insert.bind(7, std::string_view(letter.message))
      .bind(8, std::string_view(letter.where))
      .bind(9, std::string_view(letter.fingerprint));
  insert.bind(10, now).bind(11, now).bind(12, static_cast<std::int64_t>(letter.body.size()));
  insert.bind_bytes(13, std::string_view(letter.body).substr(0, max_kept_body));
  insert.bind_bytes(14, letter.properties).bind_bytes(15, letter.system_properties);
}

}  // namespace

Result<DeadLetters> DeadLetters::open(const std::string& path, std::size_t max_kept_body) {
  AORTA_TRY(db, open_letter_file(path));
  return DeadLetters(std::move(db), max_kept_body);
}

Result<DeadLetters> DeadLetters::open_for_reading(const std::string& path) {
  AORTA_TRY(db, read_letter_file(path));
  return DeadLetters(std::move(db), kMaxKeptBody);
}

Result<void> DeadLetters::add(std::span<const DeadLetter> letters) {
  if (letters.empty()) return {};
  AORTA_CHECK(db_.run("BEGIN IMMEDIATE"));
  Result<void> added = add_all(letters, utc_now().ticks);
  if (added.has_value()) added = db_.run("COMMIT");
  // The first failure is the one to tell; where SQLite has rolled back by itself there is nothing left to do.
  if (added.has_error() && db_.in_transaction()) (void)db_.run("ROLLBACK");
  return added;
}

Result<void> DeadLetters::add_all(std::span<const DeadLetter> letters, std::int64_t now) {
  AORTA_TRY(insert, db_.prepare(kInsert));
  for (const DeadLetter& letter : letters) {
    std::string key = key_of(letter);
    bind_letter(insert, letter, key, now, max_kept_body_);
    AORTA_CHECK(insert.run());
  }
  return {};
}

Result<std::vector<LetterGroup>> DeadLetters::groups(const LetterFilter& filter) {
  std::string where = where_clause(filter);
  std::string totals =
      "SELECT reason AS why, count(*) AS letters, sum(count) AS times, min(first) AS began, max(last) AS ended FROM "
      "letter" +
      where + " GROUP BY reason";
  std::string latest = "SELECT id FROM letter" + where + " AND reason = why ORDER BY last DESC, id DESC LIMIT 1";
  AORTA_TRY(
      statement, db_.prepare(
                     "SELECT " + std::string(kColumns) + "'', letters, times, began, ended FROM (" + totals +
                     ") JOIN letter ON id = (" + latest + ") ORDER BY letters DESC, why"
                 )
  );
  bind_filter(statement, filter);
  Rows rows(statement);
  std::vector<LetterGroup> out;
  for (;;) {
    AORTA_TRY(more, rows.next());
    if (!more) return out;
    LetterGroup group;
    group.last = letter_of(statement);
    group.reason = group.last.reason;
    group.letters = static_cast<std::uint64_t>(statement.integer(16));
    group.count = static_cast<std::uint64_t>(statement.integer(17));
    group.first_ticks = statement.integer(18);
    group.last_ticks = statement.integer(19);
    out.push_back(std::move(group));
  }
}

Result<std::vector<DeadLetter>> DeadLetters::letters(const LetterFilter& filter, std::uint64_t limit) {
  AORTA_TRY(
      statement, db_.prepare(
                     "SELECT " + std::string(kColumns) + "body FROM letter" + where_clause(filter) +
                     " ORDER BY id LIMIT ?" + std::to_string(filter.reasons.size() + filter.sources.size() + 1)
                 )
  );
  int last = bind_filter(statement, filter);
  constexpr std::uint64_t kMost = INT64_MAX;
  statement.bind(last + 1, static_cast<std::int64_t>(limit < kMost ? limit : kMost));
  Rows rows(statement);
  std::vector<DeadLetter> out;
  for (;;) {
    AORTA_TRY(more, rows.next());
    if (!more) return out;
    out.push_back(letter_of(statement));
  }
}

Result<std::uint64_t> DeadLetters::purge(std::chrono::milliseconds keep) {
  constexpr std::int64_t kTicksPerMillisecond = DateTime::kTicksPerSecond / 1000;
  AORTA_TRY(statement, db_.prepare("DELETE FROM letter WHERE last < ?"));
  std::int64_t now = utc_now().ticks;
  std::int64_t kept = keep.count() > now / kTicksPerMillisecond ? now : keep.count() * kTicksPerMillisecond;
  statement.bind(1, now - kept);
  AORTA_CHECK(statement.run());
  AORTA_TRY(gone, db_.number("SELECT changes()"));
  return static_cast<std::uint64_t>(gone);
}

}  // namespace aorta::journal
