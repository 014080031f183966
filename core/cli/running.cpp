#include "core/cli/running.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "core/base/whole_number.hpp"

namespace aorta::cli {
namespace {

namespace fs = std::filesystem;

std::optional<pid_t> number_of(const fs::path& folder) { return whole_number<pid_t>(folder.filename().string()); }

bool is_ours(const fs::path& process) {
  struct stat found {};
  return ::stat(process.c_str(), &found) == 0 && (::geteuid() == 0 || found.st_uid == ::geteuid());
}

std::vector<std::string> words_of(const fs::path& process) {
  std::ifstream in(process / "cmdline", std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find('\0', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

bool names(const fs::path& process, const std::string& word, const std::string& file) {
  std::error_code fault;
  fs::path folder = fs::read_symlink(process / "cwd", fault);
  return !fault && fs::equivalent(folder / word, file, fault) && !fault;
}

bool is_run_of(const fs::path& process, const std::string& file) {
  std::vector<std::string> words = words_of(process);
  if (words.size() < 3 || fs::path(words[0]).filename() != "aorta") return false;
  auto run = std::find(words.begin() + 1, words.end(), "run");
  if (run == words.end()) return false;
  return std::any_of(run + 1, words.end(), [&](const std::string& word) { return names(process, word, file); });
}

}  // namespace

std::vector<pid_t> runs_of(const std::string& pipeline_file) {
  std::vector<pid_t> out;
  std::error_code fault;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc", fault)) {
    std::optional<pid_t> number = number_of(entry.path());
    if (number && *number != ::getpid() && is_ours(entry.path()) && is_run_of(entry.path(), pipeline_file))
      out.push_back(*number);
  }
  return out;
}

}  // namespace aorta::cli
