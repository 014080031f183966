#include "core/cli/file_watch.hpp"

#include <sys/stat.h>

#include <utility>

namespace aorta::cli {
namespace {

using namespace std::chrono_literals;
constexpr auto kEvery = 500ms;

}  // namespace

FileWatch::FileWatch(std::vector<std::string> files) : files_(std::move(files)), known_(stamps()), seen_(known_) {}

bool FileWatch::changed(Clock::time_point now) {
  if (now - looked_ < kEvery) return false;
  looked_ = now;
  std::vector<Stamp> there = stamps();
  bool at_rest = there == std::exchange(seen_, there);
  if (!at_rest || there == known_) return false;
  known_ = std::move(there);
  return true;
}

std::vector<FileWatch::Stamp> FileWatch::stamps() const {
  std::vector<Stamp> out;
  for (const std::string& file : files_) out.push_back(stamp(file));
  return out;
}

FileWatch::Stamp FileWatch::stamp(const std::string& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return {};
  return {
      static_cast<std::int64_t>(found.st_dev), static_cast<std::int64_t>(found.st_ino),
      static_cast<std::int64_t>(found.st_size), static_cast<std::int64_t>(found.st_mtim.tv_sec),
      static_cast<std::int64_t>(found.st_mtim.tv_nsec)};
}

}  // namespace aorta::cli
