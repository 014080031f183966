#include "core/plugin/verify/traces.hpp"

#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace aorta::plugin::verify {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> open_files() {
  std::vector<std::string> out;
  std::error_code failed;
  for (fs::directory_iterator it("/proc/self/fd", failed), end; !failed && it != end; it.increment(failed)) {
    std::error_code gone;
    std::string name = fs::read_symlink(it->path(), gone);
    if (!gone && name.find("/proc/") != 0) out.push_back(name);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::size_t count_threads() {
  std::error_code failed;
  return static_cast<std::size_t>(std::distance(fs::directory_iterator("/proc/self/task", failed), {}));
}

std::size_t count_children() {
  std::ifstream in("/proc/self/task/" + std::to_string(getpid()) + "/children");
  return static_cast<std::size_t>(std::distance(std::istream_iterator<int>(in), {}));
}

std::vector<const void*> handlers() {
  std::vector<const void*> out;
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction now {};
    bool known = sigaction(number, nullptr, &now) == 0;
    out.push_back(known ? reinterpret_cast<const void*>(now.sa_handler) : nullptr);
  }
  return out;
}

}  // namespace

Traces Traces::now() {
  std::error_code failed;
  return {
      count_threads(), count_children(), open_files(), fs::current_path(failed).string(), setlocale(LC_ALL, nullptr),
      handlers()};
}

std::vector<std::string> differences(const Traces& before, const Traces& after) {
  std::vector<std::string> out, more;
  std::set_difference(
      after.files.begin(), after.files.end(), before.files.begin(), before.files.end(), std::back_inserter(more)
  );
  if (after.threads > before.threads) out.push_back("a thread is left running; join it in stop()");
  if (after.children > before.children) out.push_back("a process is left running; start none, or end it in stop()");
  for (const std::string& name : more)
    out.push_back("a file or socket is left open (" + name + "); close it in stop()");
  if (after.folder != before.folder) out.push_back("the working directory was changed; it belongs to the host");
  if (after.locale != before.locale) out.push_back("the locale was changed; it belongs to the host");
  if (after.signal_handlers != before.signal_handlers)
    out.push_back("a signal handler was changed; they belong to the host");
  return out;
}

}  // namespace aorta::plugin::verify
