#include "core/sqlite/database.hpp"

#include <sqlite3.h>

#include <cerrno>

namespace aorta::sqlite {
namespace {

constexpr int kBusyMilliseconds = 5000;

bool is_full(sqlite3* db, int code) {
  if ((code & 0xFF) == SQLITE_FULL) return true;
  int system = sqlite3_system_errno(db);
  return (code & 0xFF) == SQLITE_IOERR && (system == ENOSPC || system == EFBIG || system == EDQUOT);
}

std::string file_of(sqlite3* db) {
  const char* name = sqlite3_db_filename(db, "main");
  return name && *name ? name : "the store";
}

Error error_of(sqlite3* db) {
  int code = sqlite3_extended_errcode(db);
  std::string file = file_of(db);
  if (is_full(db, code))
    return Error("store-full", "no room to write " + file + ": free space on its disk or raise its limit", true);
  std::string why = sqlite3_errmsg(db);
  if ((code & 0xFF) == SQLITE_CORRUPT || (code & 0xFF) == SQLITE_NOTADB) {
    return Error("store-corrupt", file + " is no readable database (" + why + "): restore it from a copy");
  }
  return Error("store-unavailable", file + " cannot be used: " + why, true);
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Database::Close::operator()(sqlite3* db) const { sqlite3_close_v2(db); }

Statement& Statement::bind(int at, std::int64_t value) {
  sqlite3_bind_int64(handle_.get(), at, value);
  return *this;
}

Statement& Statement::bind(int at, std::string_view text) {
  const char* data = text.data() ? text.data() : "";
  sqlite3_bind_text64(handle_.get(), at, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_bytes(int at, std::string_view bytes) {
  const char* data = bytes.data() ? bytes.data() : "";
  sqlite3_bind_blob64(handle_.get(), at, data, bytes.size(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind(int at, std::optional<std::int64_t> value) {
  if (value) return bind(at, *value);
  sqlite3_bind_null(handle_.get(), at);
  return *this;
}

Result<bool> Statement::step() {
  int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return error_of(sqlite3_db_handle(handle_.get()));
}

Result<void> Statement::run() {
  Rows rows(*this);
  AORTA_CHECK(rows.next());
  return {};
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }

std::string_view Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  return {data ? data : "", static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

void Statement::reset() {
  sqlite3_reset(handle_.get());
  sqlite3_clear_bindings(handle_.get());
}

Result<Database> Database::open(const std::string& path, Mode mode) {
  int flags =
      SQLITE_OPEN_NOMUTEX | (mode == Mode::Read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  sqlite3* raw = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  Database out;
  out.handle_.reset(raw);
  if (code != SQLITE_OK) return Error("store-unavailable", path + " cannot be opened: " + sqlite3_errstr(code));
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, kBusyMilliseconds);
  return out;
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  int code = sqlite3_prepare_v3(
      handle_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &raw, nullptr
  );
  if (code != SQLITE_OK) return error_of(handle_.get());
  return Statement(raw);
}

Result<void> Database::run(const char* sql) {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return error_of(handle_.get());
  return {};
}

Result<std::int64_t> Database::number(std::string_view sql) {
  AORTA_TRY(statement, prepare(sql));
  AORTA_TRY(row, statement.step());
  return row ? statement.integer(0) : 0;
}

std::int64_t Database::last_row() const { return sqlite3_last_insert_rowid(handle_.get()); }

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

}  // namespace aorta::sqlite
