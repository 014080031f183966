// Database files of ours: whose a file is, its layout, and the lock of the one who writes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/sqlite/database.hpp"

namespace aorta::sqlite {

// What tells one kind of file from another. A newer Aorta's file has a higher version.
struct FileKind {
  std::uint32_t application_id;
  std::int64_t version;
  const char* layout;       // SQL that makes the tables, once
  std::string_view reason;  // before the reasons of failure: "store" gives "store-foreign"
  std::string_view what;    // "a store", for messages
};

// Looks at the file without touching it; a path where nothing stands is fine. Reasons: REASON-not-a-database (no file,
// or no database), REASON-foreign (of another program, another kind or a newer Aorta), "store-unavailable" (no right to
// read it).
Result<void> check_file(const std::string& path, const FileKind& kind);

// Creates folders, file and layout where they are missing; each commit is durable. Reasons as check_file and Database.
Result<Database> open_for_writing(const std::string& path, const FileKind& kind);
// Reasons also: REASON-missing (no file, or nothing in it yet).
Result<Database> open_for_reading(const std::string& path, const FileKind& kind);

// Held for as long as it lives, on "<path>.lock"; a process that dies lets go. Reasons: "store-in-use",
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

}  // namespace aorta::sqlite
