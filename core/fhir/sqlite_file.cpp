#include "core/fhir/sqlite_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace aorta::fhir {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kApplicationId = 0x414F5254;  // "AORT"
constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kPageSize = 4096;
constexpr std::size_t kHeaderSize = 100;
constexpr std::size_t kApplicationIdAt = 68;
constexpr std::string_view kMagic("SQLite format 3\0", 16);

// Rows are appended by row number, and found by 64-bit hashes of type and id, or of type and identifier value: a
// scattered text key would cost ten times as much. Hits are compared in full. `start` and `end` are 100 ns ticks since
// year 1. Parties and concepts are written once and pointed to, so that the indexes stay small.
constexpr const char* kLayout = R"sql(
CREATE TABLE party (id INTEGER PRIMARY KEY, reference TEXT NOT NULL UNIQUE);
CREATE TABLE concept (id INTEGER PRIMARY KEY, codes TEXT NOT NULL UNIQUE);
CREATE TABLE resource (
  row INTEGER PRIMARY KEY, key INTEGER NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, updated TEXT NOT NULL,
  json TEXT NOT NULL, subject INTEGER, device INTEGER, concept INTEGER, start INTEGER, "end" INTEGER);
CREATE INDEX resource_by_key ON resource (key);
CREATE INDEX resource_by_subject ON resource (subject, start) WHERE subject IS NOT NULL;
CREATE INDEX resource_by_device ON resource (device, start) WHERE device IS NOT NULL;
CREATE INDEX resource_by_concept ON resource (concept, start) WHERE concept IS NOT NULL;
CREATE TABLE identifier (key INTEGER NOT NULL, resource INTEGER NOT NULL, PRIMARY KEY (key, resource)) WITHOUT ROWID;
CREATE INDEX identifier_by_resource ON identifier (resource);
CREATE TABLE history (resource INTEGER NOT NULL, version INTEGER NOT NULL, updated TEXT NOT NULL, json TEXT NOT NULL,
  PRIMARY KEY (resource, version)) WITHOUT ROWID;
)sql";

Error unavailable(const std::string& path, const std::string& why) {
  return Error("store-unavailable", path + " cannot be used: " + why, true);
}

Result<void> make_parent(const std::string& path) {
  fs::path parent = fs::path(path).parent_path();
  if (parent.empty()) return {};
  std::error_code error;
  fs::create_directories(parent, error);
  if (error) return unavailable(path, "its folder cannot be created: " + error.message());
  return {};
}

std::uint32_t big_endian(const char* bytes) {
  std::uint32_t out = 0;
  for (int i = 0; i < 4; ++i) out = out << 8 | static_cast<unsigned char>(bytes[i]);
  return out;
}

Result<void> create_layout(Database& db) {
  std::string id = "PRAGMA application_id = " + std::to_string(kApplicationId) +
                   "; PRAGMA user_version = " + std::to_string(kVersion) + ";";
  AORTA_CHECK(db.run("BEGIN IMMEDIATE"));
  AORTA_CHECK(db.run(kLayout));
  AORTA_CHECK(db.run(id.c_str()));
  return db.run("COMMIT");
}

Result<void> check_version(Database& db, const std::string& path) {
  AORTA_TRY(version, db.number("PRAGMA user_version"));
  if (version <= kVersion) return {};
  return Error(
      "store-foreign",
      path + " was written by a newer Aorta (store version " + std::to_string(version) + "): use that one"
  );
}

std::int64_t hash(std::string_view a, std::string_view b) {
  std::uint64_t out = 14695981039346656037U;  // FNV-1a
  auto add = [&out](std::string_view text) {
    for (char c : text) out = (out ^ static_cast<unsigned char>(c)) * 1099511628211U;
  };
  add(a);
  add("/");
  add(b);
  return static_cast<std::int64_t>(out);
}

}  // namespace

Result<WriterLock> WriterLock::take(const std::string& path) {
  AORTA_CHECK(make_parent(path));
  std::string name = path + ".lock";
  int file = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return unavailable(path, "its lock file cannot be opened: " + std::generic_category().message(errno));
  WriterLock lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0)
    return Error("store-in-use", path + " is in use by another run: stop it, or give this one another path");
  return lock;
}

WriterLock& WriterLock::operator=(WriterLock&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

WriterLock::~WriterLock() {
  if (file_ >= 0) ::close(file_);
}

Result<void> check_store_file(const std::string& path) {
  std::error_code error;
  fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return {};
  if (status.type() != fs::file_type::regular)
    return Error("store-not-a-database", path + " is no file: give the path of a database");
  std::array<char, kHeaderSize> header{};
  std::ifstream file(path, std::ios::binary);
  if (!file) return unavailable(path, "it cannot be read");
  file.read(header.data(), header.size());
  if (file.gcount() == 0) return {};
  if (file.gcount() != static_cast<std::streamsize>(header.size()) ||
      !std::string_view(header.data(), header.size()).starts_with(kMagic)) {
    return Error("store-not-a-database", path + " is not a database: give another path, it is left as it is");
  }
  if (big_endian(header.data() + kApplicationIdAt) == kApplicationId) return {};
  return Error("store-foreign", path + " is the database of another program: give another path, it is left as it is");
}

Result<Database> open_store_for_writing(const std::string& path, std::int64_t max_bytes) {
  AORTA_CHECK(check_store_file(path));
  AORTA_CHECK(make_parent(path));
  AORTA_TRY(db, Database::open(path, Database::Mode::Write));
  AORTA_TRY(tables, db.number("SELECT count(*) FROM sqlite_master"));
  if (tables == 0) AORTA_CHECK(create_layout(db));
  AORTA_CHECK(check_version(db, path));
  // A settled record is durable: FULL, whatever it costs.
  AORTA_CHECK(db.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;"));
  if (max_bytes > 0) AORTA_CHECK(db.run(("PRAGMA max_page_count = " + std::to_string(max_bytes / kPageSize)).c_str()));
  return db;
}

Result<Database> open_store_for_reading(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error))
    return Error("store-missing", path + " does not exist: run a pipeline that writes it, or correct the path");
  AORTA_CHECK(check_store_file(path));
  AORTA_TRY(db, Database::open(path, Database::Mode::Read));
  AORTA_CHECK(check_version(db, path));
  AORTA_TRY(tables, db.number("SELECT count(*) FROM sqlite_master WHERE name = 'resource'"));
  if (tables == 0)
    return Error("store-not-a-database", path + " is empty: run a pipeline that writes it, or correct the path");
  return db;
}

std::int64_t resource_key(std::string_view type, std::string_view id) { return hash(type, id); }
std::int64_t identifier_key(std::string_view type, std::string_view value) { return hash(type, value); }

}  // namespace aorta::fhir
