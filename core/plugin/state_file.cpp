#include "core/plugin/state_file.hpp"

#include <utility>
#include <vector>

#include "aorta/abi/state.h"
#include "core/sqlite/owned_file.hpp"

namespace aorta::plugin {
namespace {

constexpr const char* kLayout = R"sql(
CREATE TABLE state (owner TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY (owner, key)) WITHOUT ROWID;
)sql";

constexpr sqlite::FileKind kState{0x414F5354 /* "AOST" */, 1, kLayout, "state", "a file of plugins' state"};

Result<void> check(const StateFile::Entry& entry) {
  if (entry.key.empty() || entry.key.size() > AORTA_STATE_MAX_KEY)
    return Error("state/key-too-long", "a key of state/1 has 1 to 255 bytes, not " + std::to_string(entry.key.size()));
  if (entry.value && entry.value->size() > AORTA_STATE_MAX_VALUE)
    return Error(
        "state/value-too-long",
        "a value of state/1 has at most 65536 bytes, not " + std::to_string(entry.value->size()) + "; split it"
    );
  return {};
}

}  // namespace

class StateFile::Table {
 public:
  static Result<std::unique_ptr<Table>> open(const std::string& path) {
    AORTA_TRY(db, sqlite::open_for_writing(path, kState));
    AORTA_TRY(get, db.prepare("SELECT value FROM state WHERE owner = ? AND key = ?"));
    AORTA_TRY(put, db.prepare("INSERT OR REPLACE INTO state (owner, key, value) VALUES (?, ?, ?)"));
    AORTA_TRY(forget, db.prepare("DELETE FROM state WHERE owner = ? AND key = ?"));
    AORTA_TRY(each, db.prepare("SELECT key, value FROM state WHERE owner = ? AND key >= ? ORDER BY key"));
    AORTA_TRY(size, db.prepare("SELECT count(*), total(length(key) + length(value)) FROM state WHERE owner = ?"));
    return std::unique_ptr<Table>(new Table{
        std::move(db), std::move(get), std::move(put), std::move(forget), std::move(each), std::move(size)});
  }

  Result<std::optional<std::string>> get(std::string_view owner, std::string_view key) {
    sqlite::Rows rows(get_.bind(1, owner).bind_bytes(2, key));
    AORTA_TRY(found, rows.next());
    return found ? std::optional(std::string(get_.text(0))) : std::nullopt;
  }

  Result<void> put(std::string_view owner, std::span<const Entry> entries) {
    AORTA_CHECK(db_.run("BEGIN IMMEDIATE"));
    Result<void> done = write(owner, entries);
    if (done.has_value()) done = db_.run("COMMIT");
    if (done.has_error() && db_.in_transaction()) (void)db_.run("ROLLBACK");
    return done;
  }

  Result<std::vector<std::pair<std::string, std::string>>> all(std::string_view owner, std::string_view prefix) {
    std::vector<std::pair<std::string, std::string>> out;
    sqlite::Rows rows(each_.bind(1, owner).bind_bytes(2, prefix));
    for (;;) {
      AORTA_TRY(found, rows.next());
      if (!found || !each_.text(0).starts_with(prefix)) return out;
      out.emplace_back(each_.text(0), each_.text(1));
    }
  }

 private:
  Table(
      sqlite::Database db, sqlite::Statement get, sqlite::Statement put, sqlite::Statement forget,
      sqlite::Statement each, sqlite::Statement size
  )
      : db_(std::move(db)),
        get_(std::move(get)),
        put_(std::move(put)),
        forget_(std::move(forget)),
        each_(std::move(each)),
        size_(std::move(size)) {}

  Result<void> write(std::string_view owner, std::span<const Entry> entries) {
    for (const Entry& entry : entries) {
      sqlite::Statement& statement = entry.value ? put_ : forget_;
      statement.bind(1, owner).bind_bytes(2, entry.key);
      if (entry.value) statement.bind_bytes(3, *entry.value);
      AORTA_CHECK(statement.run());
    }
    return check_room(owner);
  }

  Result<void> check_room(std::string_view owner) {
    sqlite::Rows rows(size_.bind(1, owner));
    AORTA_CHECK(rows.next());
    bool fits = size_.integer(0) <= AORTA_STATE_MAX_ENTRIES &&
                size_.integer(1) <= static_cast<std::int64_t>(StateFile::kMostBytes);
    if (fits) return {};
    return Error(
        "state/full", std::string(owner) + " keeps more than " + std::to_string(AORTA_STATE_MAX_ENTRIES) +
                          " entries or 16 MiB in state/1; it must forget some"
    );
  }

  sqlite::Database db_;
  sqlite::Statement get_, put_, forget_, each_, size_;
};

StateFile::StateFile(std::string path) : path_(path.empty() ? ":memory:" : std::move(path)) {}
StateFile::~StateFile() = default;

Result<StateFile::Table*> StateFile::table() {
  if (!table_) {
    AORTA_TRY(opened, Table::open(path_));
    table_ = std::move(opened);
  }
  return table_.get();
}

Result<std::optional<std::string>> StateFile::get(std::string_view owner, std::string_view key) {
  std::lock_guard lock(mutex_);
  AORTA_TRY(table, this->table());
  return table->get(owner, key);
}

Result<void> StateFile::put(std::string_view owner, std::span<const Entry> entries) {
  for (const Entry& entry : entries) AORTA_CHECK(check(entry));
  std::lock_guard lock(mutex_);
  AORTA_TRY(table, this->table());
  return table->put(owner, entries);
}

Result<void> StateFile::each(std::string_view owner, std::string_view prefix, const Give& give) {
  std::unique_lock lock(mutex_);
  AORTA_TRY(table, this->table());
  AORTA_TRY(all, table->all(owner, prefix));
  lock.unlock();
  for (const auto& [key, value] : all) give(key, value);
  return {};
}

}  // namespace aorta::plugin
