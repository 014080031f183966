#include "core/journal/dead_letters.hpp"

#include "core/base/sha256.hpp"
#include "core/base/units.hpp"
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

// A filter as a WHERE clause, its parameters numbered, so that a statement may hold it twice.
class Clause {
 public:
  explicit Clause(const LetterFilter& filter) : filter_(filter) {
    add_any("reason", filter.reasons.size());
    add_any("source", filter.sources.size());
    add_any("id", filter.ids.size());
    if (filter.seen_before > 0) add("last < ");
    if (filter.after > 0) add("id > ");
    if (filter.up_to > 0) add("id <= ");
  }
  const std::string& text() const { return text_; }
  std::string next_mark() const { return "?" + std::to_string(count_ + 1); }

  // The number of the last parameter.
  int bind(Statement& statement) const {
    int at = 0;
    for (const std::string& reason : filter_.reasons) statement.bind(++at, std::string_view(reason));
    for (const std::string& source : filter_.sources) statement.bind(++at, std::string_view(source));
    for (std::uint64_t id : filter_.ids) statement.bind(++at, static_cast<std::int64_t>(id));
    for (std::int64_t bound : {filter_.seen_before, filter_.after, filter_.up_to}) {
      if (bound > 0) statement.bind(++at, bound);
    }
    return at;
  }

 private:
  std::string mark() { return "?" + std::to_string(++count_); }
  void add(std::string_view condition) { text_ += " AND " + std::string(condition) + mark(); }
  void add_any(std::string_view column, std::size_t values) {
    if (values == 0) return;
    text_ += " AND " + std::string(column) + " IN (" + mark();
    while (--values > 0) text_ += ", " + mark();
    text_ += ")";
  }

  const LetterFilter& filter_;
  std::string text_ = " WHERE true";
  int count_ = 0;
};

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

Error full(std::uint64_t used, std::uint64_t allowed) {
  return Error(
      "dead-letters-full",
      "the dead letters take up " + bytes_text(used) + ", and dead_letter.max_size allows " + bytes_text(allowed) +
          ": `aorta deadletter replay` or `purge` makes room, or raise it",
      true
  );
}

}  // namespace

Result<DeadLetters> DeadLetters::open(const std::string& path, LetterLimits limits) {
  AORTA_TRY(db, open_letter_file(path));
  return DeadLetters(std::move(db), limits);
}

Result<DeadLetters> DeadLetters::open_for_reading(const std::string& path) {
  AORTA_TRY(db, read_letter_file(path));
  return DeadLetters(std::move(db), LetterLimits{});
}

template <class Work>
auto DeadLetters::in_transaction(Work&& work) -> decltype(work()) {
  AORTA_CHECK(db_.run("BEGIN IMMEDIATE"));
  auto done = work();
  if (done.has_value()) {
    Result<void> committed = db_.run("COMMIT");
    if (committed.has_value()) return done;
    done = committed.error();
  }
  // The first failure is the one to tell; where SQLite has rolled back by itself there is nothing left to do.
  if (db_.in_transaction()) (void)db_.run("ROLLBACK");
  return done;
}

Result<std::uint64_t> DeadLetters::add(std::span<const DeadLetter> letters) {
  if (letters.empty()) return std::uint64_t{0};
  return in_transaction([&]() -> Result<std::uint64_t> {
    std::int64_t now = utc_now().ticks;
    bool refuses = limits_.at_limit == AtLimit::Refuse;
    if (refuses) AORTA_CHECK(check_room());
    AORTA_CHECK(add_all(letters, now));
    return refuses ? Result<std::uint64_t>(std::uint64_t{0}) : make_room(now);
  });
}

// Of the pages of the file, those that hold something.
Result<std::uint64_t> DeadLetters::size() {
  AORTA_TRY(pages, db_.number("PRAGMA page_count"));
  AORTA_TRY(free, db_.number("PRAGMA freelist_count"));
  AORTA_TRY(bytes, db_.number("PRAGMA page_size"));
  return static_cast<std::uint64_t>((pages - free) * bytes);
}

// Asked before they are added: letters that alone are more than the limit would otherwise wait for ever.
Result<void> DeadLetters::check_room() {
  AORTA_TRY(used, size());
  if (used >= limits_.max_size) return full(used, limits_.max_size);
  return {};
}

// Those added at `now` stay, whatever their size. Others may be of a later time: a clock can be set back.
Result<std::uint64_t> DeadLetters::make_room(std::int64_t now) {
  constexpr std::int64_t kForgottenAtOnce = 16;
  std::uint64_t forgotten = 0;
  for (;;) {
    AORTA_TRY(used, size());
    if (used <= limits_.max_size) return forgotten;
    AORTA_TRY(gone, forget_oldest(now, kForgottenAtOnce));
    if (gone == 0) return forgotten;
    forgotten += gone;
  }
}

// While the clock says less than it did, those it stamped since would all seem older than those before: then the order
// in which they first came counts.
Result<std::uint64_t> DeadLetters::forget_oldest(std::int64_t now, std::int64_t count) {
  AORTA_TRY(
      oldest, db_.prepare("DELETE FROM letter WHERE id IN (SELECT id FROM letter WHERE last <> ?1 ORDER BY "
                          "CASE WHEN (SELECT max(last) FROM letter) > ?1 THEN id ELSE last END, id LIMIT ?2)")
  );
  AORTA_CHECK(oldest.bind(1, now).bind(2, count).run());
  return changes();
}

Result<void> DeadLetters::add_all(std::span<const DeadLetter> letters, std::int64_t now) {
  AORTA_TRY(insert, db_.prepare(kInsert));
  for (const DeadLetter& letter : letters) {
    std::string key = key_of(letter);
    bind_letter(insert, letter, key, now, limits_.max_kept_body);
    AORTA_CHECK(insert.run());
  }
  return {};
}

Result<std::vector<LetterGroup>> DeadLetters::groups(const LetterFilter& filter) {
  Clause clause(filter);
  const std::string& where = clause.text();
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
  clause.bind(statement);
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
  Clause clause(filter);
  AORTA_TRY(
      statement, db_.prepare(
                     "SELECT " + std::string(kColumns) + "body FROM letter" + clause.text() + " ORDER BY id LIMIT " +
                     clause.next_mark()
                 )
  );
  constexpr std::uint64_t kMost = INT64_MAX;
  int last = clause.bind(statement);
  statement.bind(last + 1, static_cast<std::int64_t>(limit < kMost ? limit : kMost));
  Rows rows(statement);
  std::vector<DeadLetter> out;
  for (;;) {
    AORTA_TRY(more, rows.next());
    if (!more) return out;
    out.push_back(letter_of(statement));
  }
}

Result<std::vector<std::string>> DeadLetters::sources(const LetterFilter& filter) {
  Clause clause(filter);
  AORTA_TRY(statement, db_.prepare("SELECT DISTINCT source FROM letter" + clause.text() + " ORDER BY source"));
  clause.bind(statement);
  Rows rows(statement);
  std::vector<std::string> out;
  for (;;) {
    AORTA_TRY(more, rows.next());
    if (!more) return out;
    out.emplace_back(statement.text(0));
  }
}

Result<std::int64_t> DeadLetters::last_id() { return db_.number("SELECT coalesce(max(id), 0) FROM letter"); }

Result<std::uint64_t> DeadLetters::remove(const LetterFilter& filter) {
  Clause clause(filter);
  AORTA_TRY(statement, db_.prepare("DELETE FROM letter" + clause.text()));
  clause.bind(statement);
  AORTA_CHECK(statement.run());
  return changes();
}

Result<std::uint64_t> DeadLetters::changes() {
  AORTA_TRY(rows, db_.number("SELECT changes()"));
  return static_cast<std::uint64_t>(rows);
}

Result<std::uint64_t> DeadLetters::remove_unchanged(std::span<const LetterVersion> letters) {
  if (letters.empty()) return std::uint64_t{0};
  return in_transaction([&]() -> Result<std::uint64_t> {
    AORTA_TRY(statement, db_.prepare("DELETE FROM letter WHERE id = ? AND count = ?"));
    AORTA_TRY(before, db_.number("SELECT total_changes()"));
    for (const LetterVersion& letter : letters) {
      AORTA_CHECK(statement.bind(1, letter.id).bind(2, static_cast<std::int64_t>(letter.count)).run());
    }
    AORTA_TRY(after, db_.number("SELECT total_changes()"));
    return static_cast<std::uint64_t>(after - before);
  });
}

Result<std::uint64_t> DeadLetters::purge(std::chrono::milliseconds keep) {
  LetterFilter old;
  old.seen_before = time_before_now(keep).ticks;
  if (old.seen_before == 0) return std::uint64_t{0};
  return remove(old);
}

}  // namespace aorta::journal
