#include "core/fhir/sqlite_file.hpp"

namespace aorta::fhir {
namespace {

// Rows are appended by row number, and found by 64-bit hashes of type and id, or of type and identifier value: a
// scattered text key would cost ten times as much. Hits are compared in full. `start` and `end` are 100 ns ticks since
// year 1. Parties and concepts are written once and pointed to, so that the indexes stay small. An identifier whose
// hash is the resource's own id has no row: the id finds it. What stands in `json` says stored_text.hpp (from version 3
// on).
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
CREATE TABLE history (resource INTEGER NOT NULL, version INTEGER NOT NULL, updated TEXT NOT NULL, json TEXT NOT NULL,
  PRIMARY KEY (resource, version)) WITHOUT ROWID;
)sql";

constexpr sqlite::FileKind kStore{0x414F5254 /* "AORT" */, 3, kLayout, "store", "a store"};

// What the write-ahead log holds before it is copied into the file: pages that many flushes change are copied once.
constexpr std::int64_t kLogBytes = 32 * 1024 * 1024;

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

Result<void> check_store_file(const std::string& path) { return sqlite::check_file(path, kStore); }

Result<sqlite::Database> open_store_for_writing(const std::string& path, std::int64_t max_bytes) {
  AORTA_TRY(db, sqlite::open_for_writing(path, kStore));
  AORTA_TRY(page_size, db.number("PRAGMA page_size"));
  std::string settings =
      "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = " + std::to_string(kLogBytes / page_size) + ";";
  if (max_bytes > 0) settings += "PRAGMA max_page_count = " + std::to_string(max_bytes / page_size) + ";";
  AORTA_CHECK(db.run(settings.c_str()));
  return db;
}

Result<sqlite::Database> open_store_for_reading(const std::string& path) {
  return sqlite::open_for_reading(path, kStore);
}

std::int64_t resource_key(std::string_view type, std::string_view id) { return hash(type, id); }
std::int64_t identifier_key(std::string_view type, std::string_view value) { return hash(type, value); }

}  // namespace aorta::fhir
