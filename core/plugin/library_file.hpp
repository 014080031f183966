// Which file a library is: what takes its place later is another one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace aorta::plugin {

struct LibraryFile {
  std::uint64_t device = 0, inode = 0, size = 0;
  std::int64_t changed_ns = 0;  // since 1970
  friend bool operator==(const LibraryFile&, const LibraryFile&) = default;

  bool has_place_of(const LibraryFile& other) const { return device == other.device && inode == other.inode; }
};

// As it is now; all zeros where there is none.
LibraryFile look_at(const std::filesystem::path& library);

// What to call it before the system's loader, which gives what it has in memory under a name, whatever lies there now:
// so each file that a path has led to has a name of its own. Absolute. [any]
std::string loading_name(const std::filesystem::path& library, const LibraryFile& file);

}  // namespace aorta::plugin
