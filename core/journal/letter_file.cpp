#include "core/journal/letter_file.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace aorta::journal {
namespace {

namespace fs = std::filesystem;
using fhir::Database;

constexpr std::uint32_t kApplicationId = 0x414F444C;  // "AODL"
constexpr std::int64_t kVersion = 1;
constexpr std::size_t kHeaderSize = 100;
constexpr std::size_t kApplicationIdAt = 68;
constexpr std::string_view kMagic("SQLite format 3\0", 16);

// `key`: SHA-256 of source, position, reason and body. `first`, `last`, `enqueued`: 100 ns ticks since year 1, UTC. The
// body comes last, so that lists need not read it.
constexpr const char* kLayout = R"sql(
CREATE TABLE letter (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, source TEXT NOT NULL, position TEXT NOT NULL, content_type TEXT NOT NULL,
  enqueued INTEGER NOT NULL, reason TEXT NOT NULL, message TEXT NOT NULL, place TEXT NOT NULL, fingerprint TEXT NOT NULL,
  first INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL, body_size INTEGER NOT NULL,
  properties BLOB NOT NULL, system_properties BLOB NOT NULL, body BLOB NOT NULL);
CREATE INDEX letter_by_reason ON letter (reason, last);
CREATE INDEX letter_by_last ON letter (last);
)sql";

Error foreign(const std::string& path, const std::string& why) {
  return Error(
      "dead-letters-foreign", path + " " + why + "; give dead_letter.path another file, this one is left as it is"
  );
}

std::uint32_t big_endian(const char* bytes) {
  std::uint32_t out = 0;
  for (int i = 0; i < 4; ++i) out = out << 8 | static_cast<unsigned char>(bytes[i]);
  return out;
}

// Looks at the file without touching it.
Result<void> check_file(const std::string& path) {
  std::error_code error;
  fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return {};
  if (status.type() != fs::file_type::regular) return foreign(path, "is no file");
  std::array<char, kHeaderSize> header{};
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return Error(
        "store-unavailable",
        path + " cannot be read; give this user the right to, or give dead_letter.path another file"
    );
  file.read(header.data(), header.size());
  if (file.gcount() == 0) return {};
  bool database = file.gcount() == static_cast<std::streamsize>(header.size()) &&
                  std::string_view(header.data(), header.size()).starts_with(kMagic);
  if (!database) return foreign(path, "is no database");
  return big_endian(header.data() + kApplicationIdAt) == kApplicationId ? Result<void>()
                                                                        : foreign(path, "is no file of dead letters");
}

Result<void> make_parent(const std::string& path) {
  fs::path parent = fs::path(path).parent_path();
  std::error_code error;
  if (!parent.empty()) fs::create_directories(parent, error);
  if (error) return Error("store-unavailable", "the folder of " + path + " cannot be made: " + error.message());
  return {};
}

Result<void> create_layout(Database& db) {
  std::string id = "PRAGMA application_id = " + std::to_string(kApplicationId) +
                   "; PRAGMA user_version = " + std::to_string(kVersion) + ";";
  AORTA_CHECK(db.run("BEGIN IMMEDIATE"));
  // Another process may have made it in between.
  AORTA_TRY(tables, db.number("SELECT count(*) FROM sqlite_master"));
  if (tables == 0) AORTA_CHECK(db.run(kLayout));
  if (tables == 0) AORTA_CHECK(db.run(id.c_str()));
  return db.run("COMMIT");
}

Result<void> check_version(Database& db, const std::string& path) {
  AORTA_TRY(version, db.number("PRAGMA user_version"));
  return version <= kVersion ? Result<void>() : foreign(path, "was written by a newer Aorta");
}

}  // namespace

Result<Database> open_letter_file(const std::string& path) {
  AORTA_CHECK(check_file(path));
  AORTA_CHECK(make_parent(path));
  AORTA_TRY(db, Database::open(path, Database::Mode::Write));
  AORTA_TRY(tables, db.number("SELECT count(*) FROM sqlite_master"));
  if (tables == 0) AORTA_CHECK(create_layout(db));
  AORTA_CHECK(check_version(db, path));
  AORTA_CHECK(db.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"));
  return db;
}

Result<Database> read_letter_file(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error))
    return Error("dead-letters-missing", "there are no dead letters yet: " + path + " does not exist");
  AORTA_CHECK(check_file(path));
  AORTA_TRY(db, Database::open(path, Database::Mode::Read));
  AORTA_CHECK(check_version(db, path));
  AORTA_TRY(tables, db.number("SELECT count(*) FROM sqlite_master WHERE name = 'letter'"));
  return tables == 0 ? Result<Database>(foreign(path, "holds no dead letters")) : Result<Database>(std::move(db));
}

}  // namespace aorta::journal
