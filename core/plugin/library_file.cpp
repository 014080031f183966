#include "core/plugin/library_file.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <vector>

namespace aorta::plugin {
namespace {

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

// Which of the files that this path has led to in this process: 0, 1, 2 …
std::size_t number_of(const std::filesystem::path& library, const LibraryFile& file) {
  static std::mutex mutex;
  static std::map<std::filesystem::path, std::vector<LibraryFile>> seen;
  std::lock_guard lock(mutex);
  std::vector<LibraryFile>& files = seen[library];
  auto found = std::find(files.begin(), files.end(), file);
  if (found == files.end()) found = files.insert(files.end(), file);
  return static_cast<std::size_t>(found - files.begin());
}

}  // namespace

LibraryFile look_at(const std::filesystem::path& library) {
  struct stat found {};
  if (::stat(library.c_str(), &found) != 0) return {};
  return {
      found.st_dev, found.st_ino, static_cast<std::uint64_t>(found.st_size),
      found.st_mtim.tv_sec * kNanosecondsPerSecond + found.st_mtim.tv_nsec};
}

std::string loading_name(const std::filesystem::path& library, const LibraryFile& file) {
  std::filesystem::path whole = std::filesystem::absolute(library);
  std::string out = whole.parent_path().string() + "/";
  for (std::size_t left = number_of(whole, file); left > 0; --left) out += "./";
  return out + whole.filename().string();
}

}  // namespace aorta::plugin
