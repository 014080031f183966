// SQLite behind values: a connection, prepared statements, and errors in the store's own words.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace aorta::sqlite {

// Prepared once, run often. Texts given to bind() must live until the next reset().
class Statement {
 public:
  Statement() = default;

  Statement& bind(int at, std::int64_t value);
  Statement& bind(int at, std::string_view text);
  Statement& bind(int at, std::optional<std::int64_t> value);
  Statement& bind_bytes(int at, std::string_view bytes);  // read again with text()
  // True: a row stands ready. Errors as of Database.
  Result<bool> step();
  // Runs a statement without rows, and resets it.
  Result<void> run();
  // The first row or nothing; the caller resets.
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;  // until the next step() or reset()
  void reset();

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : handle_(statement) {}
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

// Resets a statement when its rows are done with.
class Rows {
 public:
  explicit Rows(Statement& statement) : statement_(statement) {}
  ~Rows() { statement_.reset(); }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  Result<bool> next() { return statement_.step(); }

 private:
  Statement& statement_;
};

// Errors: "store-full" and "store-unavailable" (retryable), "store-corrupt"; each names the file. Not thread-safe.
class Database {
 public:
  enum class Mode { Write, Read };
  static Result<Database> open(const std::string& path, Mode mode);

  Result<Statement> prepare(std::string_view sql);
  // One or several statements without parameters.
  Result<void> run(const char* sql);
  Result<std::int64_t> number(std::string_view sql);
  std::int64_t last_row() const;
  bool in_transaction() const;

 private:
  struct Close {
    void operator()(sqlite3* db) const;
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace aorta::sqlite
