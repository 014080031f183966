#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "core/cli/dispatch.hpp"
#include "core/plugin/worker/process.hpp"
#include "core/plugin/worker/serve.hpp"

namespace {

// A closed standard stream would give its number to the next file opened, a database perhaps, and the output would go
// there. Held open for reading only, writing to it fails as it should.
void hold_standard_streams() {
  for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(fd, F_GETFD) == -1) (void)open("/dev/null", O_RDONLY);
  }
}

int finish(int code) {
  std::cout.flush();
  if (std::cout.good()) return code;
  std::cerr << "error: standard output cannot be written (disk full, or the reader is gone)\n";
  return aorta::cli::kEnvironment;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace aorta;
  if (argc == 2 && std::string_view(argv[1]) == plugin::worker::kVerb) return plugin::worker::serve();
  std::signal(SIGPIPE, SIG_IGN);
  std::ios::sync_with_stdio(false);
  hold_standard_streams();
  cli::Context context{
      std::cout, std::cerr, observe::Terminal::of(STDOUT_FILENO, observe::ColorMode::Auto),
      observe::Terminal::of(STDERR_FILENO, observe::ColorMode::Auto)};
  return finish(cli::dispatch(context, std::vector<std::string>(argv + 1, argv + argc)));
}
