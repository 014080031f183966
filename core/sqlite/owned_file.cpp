#include "core/sqlite/owned_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace aorta::sqlite {
namespace {

namespace fs = std::filesystem;

// The SQLite file format, section 1.3.
constexpr std::size_t kHeaderSize = 100;
constexpr std::size_t kApplicationIdAt = 68;
constexpr std::string_view kMagic("SQLite format 3\0", 16);

Error unavailable(const std::string& path, const std::string& why) {
  return Error("store-unavailable", path + " cannot be used: " + why, true);
}

Error refused(const FileKind& kind, std::string_view reason, const std::string& path, const std::string& why) {
  return Error(
      std::string(kind.reason) + std::string(reason),
      path + " " + why + "; give another path, this one is left as it is"
  );
}

Result<void> make_parent(const std::string& path) {
  fs::path parent = fs::path(path).parent_path();
  std::error_code error;
  if (!parent.empty()) fs::create_directories(parent, error);
  if (error) return unavailable(path, "its folder cannot be created: " + error.message());
  return {};
}

std::uint32_t big_endian(const char* bytes) {
  std::uint32_t out = 0;
  for (int i = 0; i < 4; ++i) out = out << 8 | static_cast<unsigned char>(bytes[i]);
  return out;
}

Result<bool> has_layout(Database& db) {
  AORTA_TRY(tables, db.number("SELECT count(*) FROM sqlite_master"));
  return tables > 0;
}

Result<void> create_layout(Database& db, const FileKind& kind) {
  std::string id = "PRAGMA application_id = " + std::to_string(kind.application_id) +
                   "; PRAGMA user_version = " + std::to_string(kind.version) + ";";
  AORTA_CHECK(db.run("BEGIN IMMEDIATE"));
  AORTA_TRY(made_meanwhile, has_layout(db));  // by another process
  if (!made_meanwhile) AORTA_CHECK(db.run(kind.layout));
  if (!made_meanwhile) AORTA_CHECK(db.run(id.c_str()));
  return db.run("COMMIT");
}

Result<void> check_version(Database& db, const std::string& path, const FileKind& kind) {
  AORTA_TRY(version, db.number("PRAGMA user_version"));
  if (version <= kind.version) return {};
  return refused(kind, "-foreign", path, "was written by a newer Aorta (version " + std::to_string(version) + ")");
}

// What is written from now on, an older Aorta may not understand.
Result<void> raise_version(Database& db, const FileKind& kind) {
  AORTA_TRY(version, db.number("PRAGMA user_version"));
  if (version == kind.version) return {};
  return db.run(("PRAGMA user_version = " + std::to_string(kind.version)).c_str());
}

Error missing(const FileKind& kind, const std::string& path, const std::string& why) {
  return Error(
      std::string(kind.reason) + "-missing", path + " " + why + ": run a pipeline that writes it, or correct the path"
  );
}

}  // namespace

Result<void> check_file(const std::string& path, const FileKind& kind) {
  std::error_code error;
  fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return {};
  if (status.type() != fs::file_type::regular) return refused(kind, "-not-a-database", path, "is no file");
  std::array<char, kHeaderSize> header{};
  std::ifstream file(path, std::ios::binary);
  if (!file) return unavailable(path, "it cannot be read");
  file.read(header.data(), header.size());
  if (file.gcount() == 0) return {};
  bool database = file.gcount() == static_cast<std::streamsize>(header.size()) &&
                  std::string_view(header.data(), header.size()).starts_with(kMagic);
  if (!database) return refused(kind, "-not-a-database", path, "is no database");
  if (big_endian(header.data() + kApplicationIdAt) == kind.application_id) return {};
  return refused(kind, "-foreign", path, "is a database, but not " + std::string(kind.what));
}

Result<Database> open_for_writing(const std::string& path, const FileKind& kind) {
  AORTA_CHECK(check_file(path, kind));
  AORTA_CHECK(make_parent(path));
  AORTA_TRY(db, Database::open(path, Database::Mode::Write));
  AORTA_TRY(made, has_layout(db));
  if (!made) AORTA_CHECK(create_layout(db, kind));
  AORTA_CHECK(check_version(db, path, kind));
  AORTA_CHECK(raise_version(db, kind));
  // What is settled is durable: FULL, whatever it costs.
  AORTA_CHECK(db.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"));
  return db;
}

Result<Database> open_for_reading(const std::string& path, const FileKind& kind) {
  std::error_code error;
  if (!fs::exists(path, error)) return missing(kind, path, "does not exist");
  AORTA_CHECK(check_file(path, kind));
  AORTA_TRY(db, Database::open(path, Database::Mode::Read));
  AORTA_CHECK(check_version(db, path, kind));
  AORTA_TRY(made, has_layout(db));
  return made ? Result<Database>(std::move(db)) : Result<Database>(missing(kind, path, "is empty"));
}

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

}  // namespace aorta::sqlite
