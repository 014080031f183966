#include "core/plugin/verify/apart.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace aorta::plugin::verify {
namespace {

constexpr int kDone = 0;
constexpr int kThrew = 97;
constexpr std::size_t kMostText = 1 << 20;

void to_nowhere() {
  int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) (void)dup2(nowhere, fd);
  close(nowhere);
}

[[noreturn]] void be_the_child(const std::function<void(Report&)>& check, const std::string& folder, int descriptor) {
  (void)setpgid(0, 0);
  to_nowhere();
  Report report(descriptor);
  if (chdir(folder.c_str()) != 0) report.found("the scratch folder cannot be entered");
  try {
    check(report);
  } catch (...) {
    _exit(kThrew);
  }
  _exit(kDone);
}

// Until the other end closes or the time is over; false: it is over.
bool read_all(int descriptor, std::chrono::milliseconds limit, std::string& out) {
  auto end = std::chrono::steady_clock::now() + limit;
  for (char buffer[4096];;) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    pollfd waiting{descriptor, POLLIN, 0};
    int ready = left > 0 ? ::poll(&waiting, 1, static_cast<int>(left)) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    ssize_t got = read(descriptor, buffer, sizeof buffer);
    if (got <= 0) return true;
    if (out.size() < kMostText) out.append(buffer, static_cast<std::size_t>(got));
  }
}

void read_words(const std::string& text, Apart& out) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find('\n', at), text.size());
    std::string word = text.substr(at + 1, end - at - 1);
    if (text[at] == 'S') out.skipped = word;
    if (text[at] == 'F' && std::find(out.findings.begin(), out.findings.end(), word) == out.findings.end())
      out.findings.push_back(word);
    at = end + 1;
  }
}

std::string end_text(int status) {
  if (WIFSIGNALED(status)) {
    const char* name = sigabbrev_np(WTERMSIG(status));
    return "the process died of SIG" + std::string(name ? name : "?") +
           "; build with -g -fsanitize=address,undefined and run your tests";
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == kThrew)
    return "an exception left the library; catch all in every function that the host calls (the C++ SDK does)";
  return WIFEXITED(status) && WEXITSTATUS(status) == kDone ? "" : "the library ended the process; never call exit()";
}

// The child has ended its words; it may still not have ended. Whatever it started goes with it.
int wait_and_kill(pid_t child, bool in_time) {
  int status = 0;
  for (int i = 0; in_time && i < 100; ++i) {
    if (waitpid(child, &status, WNOHANG) == child) {
      (void)kill(-child, SIGKILL);
      return status;
    }
    usleep(10000);
  }
  (void)kill(-child, SIGKILL);
  (void)kill(child, SIGKILL);
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return in_time ? status : 0;
}

}  // namespace

void Report::found_lines(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find('\n', at), text.size());
    found(text.substr(at, end - at));
    at = end + 1;
  }
}

void Report::write(char what, std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  text = what + text + "\n";
  (void)!::write(descriptor_, text.data(), text.size());
}

Apart run_apart(const std::function<void(Report&)>& check, const std::string& folder, std::chrono::milliseconds limit) {
  Apart out;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return {{"no pipe: " + std::string(std::strerror(errno))}, {}};
  pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    be_the_child(check, folder, ends[1]);
  }
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    return {{"no process: " + std::string(std::strerror(errno))}, {}};
  }
  std::string text;
  bool in_time = read_all(ends[0], limit, text);
  close(ends[0]);
  std::string ended = end_text(wait_and_kill(child, in_time));
  read_words(text, out);
  if (!in_time)
    out.findings.push_back("took longer than the " + std::to_string(limit.count()) + " ms allowed, and was ended");
  if (!ended.empty()) out.findings.push_back(ended);
  return out;
}

}  // namespace aorta::plugin::verify
