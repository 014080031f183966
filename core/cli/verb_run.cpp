#include <mutex>
#include <ostream>
#include <thread>
#include <utility>

#include "core/base/units.hpp"
#include "core/cli/check.hpp"
#include "core/cli/command.hpp"
#include "core/cli/run_view.hpp"
#include "core/cli/signals.hpp"
#include "core/cli/verbs.hpp"
#include "core/pipeline/assembly.hpp"

namespace aorta::cli {
namespace {

using namespace std::chrono_literals;
using Clock = RunView::Clock;
constexpr auto kLook = 100ms;

// One pipeline file on its way from words to an end.
struct Run {
  Run(Context& context, Checked checked, std::unique_ptr<pipeline::Assembly> opened)
      : pipeline(std::move(checked)), assembly(std::move(opened)), view(context, facts()) {}

  RunFacts facts() const {
    const auto& stores = pipeline.config.stores;
    return {pipeline.config.name, pipeline.config.file, assembly->route(), stores.empty() ? "" : stores.front().path};
  }
  void start() {
    view.started();
    thread = std::thread([this] {
      report = assembly->run();
      done = true;
    });
  }
  void look(Clock::time_point now) {
    if (!done) return view.progress(assembly->engine().counts(), assembly->engine().progress(), now);
    if (!thread.joinable()) return;
    thread.join();
    view.ended(report, assembly->tally(), now);
  }
  bool running() const { return thread.joinable(); }

  Checked pipeline;
  std::unique_ptr<pipeline::Assembly> assembly;
  RunView view;
  std::thread thread;
  std::atomic<bool> done{false};
  pipeline::Report report;
};

// The log's lines on their way to a terminal that a view draws on.
class LogLines {
 public:
  void add(std::string_view line) {
    std::lock_guard lock(mutex_);
    lines_ += line;
  }
  std::string take() {
    std::lock_guard lock(mutex_);
    return std::exchange(lines_, {});
  }

 private:
  std::mutex mutex_;
  std::string lines_;
};

bool any_running(const std::vector<std::unique_ptr<Run>>& runs) {
  for (const auto& run : runs) {
    if (run->running()) return true;
  }
  return false;
}

void watch(std::vector<std::unique_ptr<Run>>& runs, LogLines& lines) {
  for (bool stopping = false; any_running(runs); std::this_thread::sleep_for(kLook)) {
    if (signal_came() && !std::exchange(stopping, true)) {
      for (auto& run : runs) run->assembly->engine().stop();
    }
    runs.front()->view.log(lines.take());
    for (auto& run : runs) run->look(Clock::now());
  }
}

// The gravest of what happened decides: an unbalanced ledger before a failing environment.
int exit_code(Context& context, const std::vector<std::unique_ptr<Run>>& runs) {
  int code = kOk;
  for (const auto& run : runs) {
    for (const Error& failure : run->report.failures) {
      int said = fail(context, failure, failure.reason() == "normalize/no-template-matched" ? kFindings : kEnvironment);
      code = std::max(code, said);
    }
  }
  for (const auto& run : runs) {
    const pipeline::Counts& counts = run->report.counts;
    if (counts.in_flight > 0) {
      context.err << run->pipeline.config.name << ": " << grouped(counts.in_flight)
                  << " messages did not come to an end; they are not settled and come again with the next run\n";
    }
    if (!counts.balanced()) return kLedger;
  }
  return code;
}

struct Options {
  std::vector<std::string> files;
  std::vector<std::string> plugin_folders;
  std::string drain_timeout = "30s";
};

Result<std::vector<std::unique_ptr<Run>>> open_all(
    Context& context, std::vector<Checked> checked, observe::Log& log, std::chrono::milliseconds drain_timeout
) {
  std::vector<std::unique_ptr<Run>> runs;
  for (Checked& one : checked) {
    auto opened = pipeline::Assembly::open(one.config, *one.registry, log, drain_timeout);
    if (opened.has_error()) return opened.error();
    runs.push_back(std::make_unique<Run>(context, std::move(one), std::move(*opened)));
  }
  return runs;
}

void declare(Command& command, Options& options) {
  command.positionals("PIPELINE", options.files, "pipeline files")
      .option("--drain-timeout", options.drain_timeout, "how long a stop waits for a store that is away (30s)")
      .option("--plugins", options.plugin_folders, "a further folder of plugins; may be repeated")
      .example("aorta run pipelines/ward-vitals.yaml", "from the sources to the store, until the sources end")
      .example("aorta run ward.yaml --format json", "JSON lines: at the start, each minute, at the end")
      .exits(
          "0 the sources ended or a signal drained it, 1 the pipeline file or a mapping is wrong, 2 usage, 3 the "
          "ledger does not balance, "
          "4 something outside failed (a store, a file, a full disk): what was not settled comes again"
      );
}

observe::Log::Options log_options(const Context& context, LogLines& lines) {
  observe::Log::Options options;
  if (context.format == Format::Json) options.format = observe::LogFormat::Json;
  if (context.err_terminal.interactive) options.writer = [&lines](std::string_view line) { lines.add(line); };
  return options;
}

int run_all(Context& context, const Options& options, std::chrono::milliseconds drain_timeout) {
  std::vector<Checked> checked;
  if (auto code = check_all(context, options.files, options.plugin_folders, checked)) return *code;
  LogLines lines;
  observe::Log log(log_options(context, lines));
  auto runs = open_all(context, std::move(checked), log, drain_timeout);
  context.err << lines.take();
  if (runs.has_error())
    return fail(context, runs.error(), runs.error().reason() == "bad-mapping" ? kFindings : kEnvironment);
  if (runs->size() > 1) context.out_terminal.interactive = false;  // one living picture fits a terminal, several do not
  for (auto& run : *runs) run->start();
  watch(*runs, lines);
  context.err << lines.take() << std::flush;
  return exit_code(context, *runs);
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
  watch_signals();
  return run_all(context, options, *drain_timeout);
}

}  // namespace aorta::cli
