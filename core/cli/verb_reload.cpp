#include <csignal>
#include <ostream>

#include "core/cli/check.hpp"
#include "core/cli/command.hpp"
#include "core/cli/running.hpp"
#include "core/cli/verbs.hpp"

namespace aorta::cli {
namespace {

int ask(Context& context, const std::string& file) {
  std::vector<pid_t> processes = runs_of(file);
  if (processes.empty())
    return fail(context, Error("not-running", "no process of yours runs " + file + ": start it with aorta run"));
  for (pid_t process : processes) {
    if (::kill(process, SIGHUP) != 0)
      return fail(context, Error("not-running", "process " + std::to_string(process) + " is gone: look at its log"));
    context.out << "Process " << process << " takes up " << file << ". Its log says what came of it.\n";
  }
  return kOk;
}

}  // namespace

int run_reload(Context& context, Arguments arguments) {
  std::vector<std::string> files;
  std::vector<std::string> plugin_folders;
  Command command(
      context, "reload",
      "Has running pipelines take up their files as they are now: the pipeline file, the mappings, the plugins. What "
      "is "
      "on its way is brought to its end first; a file with errors changes nothing."
  );
  command.positionals("PIPELINE", files, "pipeline files that run on this machine")
      .option("--plugins", plugin_folders, "a further folder of plugins; may be repeated")
      .example("aorta reload pipelines/ward-vitals.yaml", "as SIGHUP does, after a look at the files")
      .exits("0 they were asked to, 1 the pipeline file or a mapping is wrong, 2 usage, 4 nobody runs it");
  if (auto code = command.parse(arguments)) return *code;
  std::vector<Checked> checked;
  if (auto code = check_all(context, files, plugin_folders, checked)) return *code;
  for (const std::string& file : files) {
    if (int code = ask(context, file); code != kOk) return code;
  }
  return kOk;
}

}  // namespace aorta::cli
