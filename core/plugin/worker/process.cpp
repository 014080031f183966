#include "core/plugin/worker/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/plugin/worker/nursery.hpp"

extern char** environ;

namespace aorta::plugin::worker {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // takes up address space without end
#elif defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

constexpr int kFirstFree = 10;  // descriptors below are given new meanings in the child

Error no_worker(std::string_view what) {
  std::string why = std::generic_category().message(errno);
  return Error("no-worker", "no worker process can be started: " + std::string(what) + ": " + why, true);
}

// Where things are and how they are written; nothing that could be a secret.
bool may_know(std::string_view variable) {
  static constexpr std::string_view kNames[] = {
      "PATH=",         "HOME=",         "TMPDIR=",       "TZ=",           "LANG=", "LD_LIBRARY_PATH=",
      "ASAN_OPTIONS=", "LSAN_OPTIONS=", "TSAN_OPTIONS=", "UBSAN_OPTIONS="};
  auto begins = [variable](std::string_view name) { return variable.starts_with(name); };
  return variable.starts_with("LC_") || std::any_of(std::begin(kNames), std::end(kNames), begins);
}

std::vector<char*> environment() {
  std::vector<char*> out;
  for (char** variable = environ; variable && *variable; ++variable) {
    if (may_know(*variable)) out.push_back(*variable);
  }
  out.push_back(nullptr);
  return out;
}

// All that the child needs, made before the fork: after it, memory must not be asked for.
struct Birth {
  const char* program;
  std::vector<char*> variables;
  int socket, worker_bell, host_bell, memory;
  rlim_t address_space;
  pid_t parent;
};

void set_limit(decltype(RLIMIT_AS) what, rlim_t most) {
  rlimit limit{most, most};
  setrlimit(what, &limit);
}

void default_signals() {
  for (int signal = 1; signal < 32; ++signal) std::signal(signal, signal == SIGPIPE ? SIG_IGN : SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

void keep_own_descriptors(const Birth& birth) {
  int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  dup2(STDERR_FILENO, STDOUT_FILENO);
  dup2(birth.socket, kSocket);
  dup2(birth.worker_bell, kWorkerBell);
  dup2(birth.host_bell, kHostBell);
  dup2(birth.memory, kMemory);
  close_range(kMemory + 1, ~0U, 0);
}

[[noreturn]] void be_born(const Birth& birth) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != birth.parent) _exit(127);
  setpgid(0, 0);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  default_signals();
  keep_own_descriptors(birth);
  set_limit(RLIMIT_CORE, 0);  // it would hold what patients' devices sent
  if (!kSanitized) set_limit(RLIMIT_AS, birth.address_space);
  char name[] = "aorta";
  char verb[32];
  std::strcpy(verb, kVerb);
  char* arguments[] = {name, verb, nullptr};
  execve(birth.program, arguments, birth.variables.data());
  _exit(127);
}

// Where the child gives no new meaning to it.
class High {
 public:
  explicit High(int of) : descriptor_(fcntl(of, F_DUPFD_CLOEXEC, kFirstFree)) {}
  High(const High&) = delete;
  ~High() { close(descriptor_); }
  operator int() const { return descriptor_; }

 private:
  int descriptor_;
};

pid_t give_birth(const Isolation& isolation, int socket, const Bell& worker, const Bell& host, int memory) {
  High handed[] = {High(socket), High(worker.descriptor()), High(host.descriptor()), High(memory)};
  Birth birth{isolation.program.c_str(), environment(), handed[0], handed[1], handed[2], handed[3],
              isolation.memory,          getpid()};
  return in_nursery([&birth] {
    pid_t child = fork();
    if (child == 0) be_born(birth);
    return child;
  });
}

std::string signal_text(int number) {
  const char* name = sigabbrev_np(number);
  return "signal " + std::to_string(number) + (name ? " (SIG" + std::string(name) + ")" : "");
}

}  // namespace

Result<std::unique_ptr<Process>> Process::spawn(const Isolation& isolation) {
  AORTA_TRY(memory, SharedMemory::make());
  AORTA_TRY(worker_bell, Bell::make());
  AORTA_TRY(host_bell, Bell::make());
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return no_worker("socketpair");
  pid_t pid = give_birth(isolation, ends[1], worker_bell, host_bell, memory.descriptor());
  int failure = errno;
  close(ends[1]);
  memory.close_descriptor();
  if (pid > 0) {
    int watch = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
    return std::unique_ptr<Process>(
        new Process(pid, watch, ends[0], std::move(worker_bell), std::move(host_bell), std::move(memory))
    );
  }
  close(ends[0]);
  errno = failure;
  return no_worker("fork");
}

Process::Process(pid_t pid, int watch, int socket, Bell worker_bell, Bell host_bell, SharedMemory memory)
    : pid_(pid),
      watch_(watch),
      socket_(socket),
      worker_bell_(std::move(worker_bell)),
      host_bell_(std::move(host_bell)),
      memory_(std::move(memory)),
      channel_(socket, watch, worker_bell_, host_bell_, memory_.to_worker(), memory_.to_host()) {}

Process::~Process() {
  end(std::chrono::milliseconds(0));
  if (watch_ >= 0) close(watch_);
  close(socket_);
}

void Process::hang_up() { shutdown(socket_, SHUT_RDWR); }

bool Process::ends_within(std::chrono::milliseconds patience) const {
  pollfd watched{watch_, POLLIN, 0};
  return watch_ >= 0 && poll(&watched, 1, static_cast<int>(patience.count())) > 0;
}

// The group is killed before its leader is reaped: until then nobody else can have its number.
std::string Process::end(std::chrono::milliseconds patience) {
  if (pid_ <= 0) return {};
  bool by_itself = ends_within(patience);
  kill(-pid_, SIGKILL);
  kill(pid_, SIGKILL);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (!by_itself) return "being killed";
  return WIFSIGNALED(status) ? signal_text(WTERMSIG(status)) : "exit status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace aorta::plugin::worker
