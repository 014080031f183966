#include <ostream>

#include "core/cli/check.hpp"
#include "core/cli/command.hpp"
#include "core/cli/verbs.hpp"
#include "core/pipeline/test_runner.hpp"

namespace aorta::cli {
namespace {

struct Options {
  std::vector<std::string> files;
  std::vector<std::string> plugin_folders;
  std::string filter;
};

struct Totals {
  int passed = 0;
  int failed = 0;
};

void show_json(Context& context, const std::string& file, const pipeline::TestOutcome& outcome) {
  context.out << R"({"pipeline":)" << json_text(file) << R"(,"test":)" << json_text(outcome.name) << R"(,"line":)"
              << outcome.position.line << R"(,"passed":)" << (outcome.failures.empty() ? "true" : "false")
              << R"(,"failures":[)";
  for (std::size_t i = 0; i < outcome.failures.size(); ++i)
    context.out << (i ? "," : "") << json_text(outcome.failures[i]);
  context.out << "]}\n";
}

void show_text(Context& context, const std::string& file, const pipeline::TestOutcome& outcome) {
  const observe::Terminal& terminal = context.out_terminal;
  if (outcome.failures.empty()) {
    context.out << "  " << terminal.paint(observe::Style::Green, "ok") << "    " << outcome.name << "\n";
    return;
  }
  context.out << "  " << terminal.paint(observe::Style::Red, "FAIL") << "  " << outcome.name << "   (" << file << ":"
              << outcome.position.line << ")\n";
  for (const std::string& failure : outcome.failures)
    context.out << "          " << observe::printable(failure) << "\n";
}

std::optional<int> run_file(Context& context, const Checked& checked, const std::string& filter, Totals& totals) {
  observe::Log log({.least = observe::Level::Error});
  auto runner = pipeline::TestRunner::open(checked.config, *checked.registry, log);
  if (runner.has_error()) return fail(context, runner.error(), kFindings);
  bool text = context.format == Format::Text;
  if (text) context.out << checked.config.file << "\n";
  for (const config::TestConfig& test : checked.config.tests) {
    if (test.name.find(filter) == std::string::npos) continue;
    pipeline::TestOutcome outcome = (*runner)->run(test);
    ++(outcome.failures.empty() ? totals.passed : totals.failed);
    text ? show_text(context, checked.config.file, outcome) : show_json(context, checked.config.file, outcome);
  }
  return std::nullopt;
}

int run_files(Context& context, const Options& options) {
  std::vector<Checked> checked;
  if (auto code = check_all(context, options.files, options.plugin_folders, checked)) return *code;
  Totals totals;
  for (const Checked& one : checked) {
    if (auto code = run_file(context, one, options.filter, totals)) return *code;
  }
  if (totals.passed + totals.failed == 0) {
    return fail(
        context, Error("no-tests", "no test to run: the files have none, or none whose name contains the filter"),
        kFindings
    );
  }
  if (context.format == Format::Text) context.out << totals.passed << " passed, " << totals.failed << " failed\n";
  return totals.failed == 0 ? kOk : kFindings;
}

}  // namespace

int run_test(Context& context, Arguments arguments) {
  Options options;
  Command command(
      context, "test",
      "Runs the tests of pipeline files: their messages go the way of every message, into a store in memory, and what "
      "comes of them is "
      "compared with what is expected."
  );
  command.positionals("PIPELINE", options.files, "pipeline files")
      .option("--filter", options.filter, "only tests whose name contains this")
      .option("--plugins", options.plugin_folders, "a further folder of plugins; may be repeated")
      .example("aorta test pipelines/*.yaml", "all tests of all pipelines")
      .exits("0 all passed, 1 a test failed, or a file or mapping is wrong");
  if (auto code = command.parse(arguments)) return *code;
  return run_files(context, options);
}

}  // namespace aorta::cli
