#include "core/base/units.hpp"
#include "core/cli/check.hpp"
#include "core/cli/command.hpp"
#include "core/cli/run_loop.hpp"
#include "core/cli/verbs.hpp"

namespace aorta::cli {
namespace {

struct Options {
  std::vector<std::string> files;
  std::vector<std::string> plugin_folders;
  std::string drain_timeout = "30s";
  std::string listen;
};

void declare(Command& command, Options& options) {
  command.positionals("PIPELINE", options.files, "pipeline files")
      .option("--drain-timeout", options.drain_timeout, "how long a stop waits for a store that is away (30s)")
      .option("--listen", options.listen, "answer /healthz, /readyz and /metrics (Prometheus) there: 127.0.0.1:9464")
      .option("--plugins", options.plugin_folders, "a further folder of plugins; may be repeated")
      .example("aorta run pipelines/ward-vitals.yaml", "from the sources to the store, until the sources end")
      .example("aorta run ward.yaml --format json", "JSON lines: at the start, each minute, at the end")
      .exits(
          "0 the sources ended or a signal drained it, 1 the pipeline file or a mapping is wrong, 2 usage, 3 the "
          "ledger does not balance, "
          "4 something outside failed (a store, a file, a full disk): what was not settled comes again"
      );
}

int run_all(Context& context, const Options& options, std::chrono::milliseconds drain_timeout) {
  std::vector<Checked> checked;
  if (auto code = check_all(context, options.files, options.plugin_folders, checked)) return *code;
  RunLoop loop(context);
  for (Checked& one : checked) {
    if (auto code = loop.add(std::move(one), drain_timeout)) return *code;
  }
  if (!options.listen.empty()) {
    if (auto code = loop.listen(options.listen)) return *code;
  }
  return loop.run();
}

}  // namespace

int run_run(Context& context, Arguments arguments) {
  Options options;
  Command command(
      context, "run",
      "Carries messages from the sources to the sinks until the sources end or a signal asks for an end."
  );
  declare(command, options);
  if (auto code = command.parse(arguments)) return *code;
  auto drain_timeout = parse_duration(options.drain_timeout);
  if (drain_timeout.has_error()) return fail(context, drain_timeout.error().in("--drain-timeout"), kUsage);
  return run_all(context, options, *drain_timeout);
}

}  // namespace aorta::cli
