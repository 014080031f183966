// All that the journal asks of a disk, so that tests can put one there that fails at every call, or loses power.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace aorta::journal {

// Errors: "disk-full" (retryable: there may be room later), "disk-failed" (retryable), each with the path and what the
// system said. Different files may be used on different threads; reading one beside writing it is fine.
class Disk {
 public:
  using File = int;

  virtual ~Disk() = default;
  // A new file, for reading and writing; one that is there is an error.
  virtual Result<File> create(const std::string& path) = 0;
  virtual Result<File> open(const std::string& path) = 0;
  virtual void close(File file) = 0;
  virtual Result<std::uint64_t> size(File file) = 0;
  // Fewer bytes than wanted only at the file's end.
  virtual Result<std::size_t> read(File file, std::uint64_t offset, std::span<char> into) = 0;
  // All of it; after an error any part of it may be there.
  virtual Result<void> write(File file, std::uint64_t offset, std::string_view data) = 0;
  // What was written is on the medium when it returns. After an error it may be lost, and trying again proves nothing.
  virtual Result<void> sync(File file) = 0;
  virtual Result<void> truncate(File file, std::uint64_t size) = 0;
  // One that is not there is fine.
  virtual Result<void> remove(const std::string& path) = 0;
  // With the folders above it; one that is there is fine.
  virtual Result<void> make_folder(const std::string& path) = 0;
  // Names that were made or removed in it are so on the medium.
  virtual Result<void> sync_folder(const std::string& path) = 0;
  // The names in a folder, in no particular order.
  virtual Result<std::vector<std::string>> list(const std::string& folder) = 0;
  // Held until the file is closed. Reason of failure where another process has it: "journal-in-use".
  virtual Result<File> lock(const std::string& path) = 0;
  // A number that nobody can guess.
  virtual std::uint64_t random() = 0;
};

// The machine's own. [any]
Disk& system_disk();

}  // namespace aorta::journal
