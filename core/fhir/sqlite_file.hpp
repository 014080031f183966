// The file of an embedded store: whose it is, its layout, and the lock of the one who writes.
#pragma once

#include <string>

#include "core/base/result.hpp"
#include "core/fhir/sqlite_db.hpp"

namespace aorta::fhir {

// Held for as long as it lives, on "<path>.lock"; a process that dies lets go. Errors: "store-in-use",
// "store-unavailable".
class WriterLock {
 public:
  static Result<WriterLock> take(const std::string& path);
  WriterLock(WriterLock&& other) noexcept : file_(other.file_) { other.file_ = -1; }
  WriterLock& operator=(WriterLock&& other) noexcept;
  ~WriterLock();

 private:
  explicit WriterLock(int file) : file_(file) {}
  int file_ = -1;
};

// Refuses, without touching it, what is no file, no database ("store-not-a-database"), or the database of another
// program or of a newer Aorta ("store-foreign"). A path where nothing stands is fine.
Result<void> check_store_file(const std::string& path);

// Opens for writing: creates folders, file and layout where they are missing. `max_bytes` 0: no limit but the disk's.
Result<Database> open_store_for_writing(const std::string& path, std::int64_t max_bytes);
// Errors also: "store-missing".
Result<Database> open_store_for_reading(const std::string& path);

// The key of the index by type and id.
std::int64_t resource_key(std::string_view type, std::string_view id);
// The key of the index by identifier, whatever its system.
std::int64_t identifier_key(std::string_view type, std::string_view value);

}  // namespace aorta::fhir
