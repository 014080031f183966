#include <filesystem>
#include <ostream>

#include "core/base/time.hpp"
#include "core/base/units.hpp"
#include "core/cli/check.hpp"
#include "core/cli/letters.hpp"
#include "core/cli/run_loop.hpp"
#include "core/cli/verbs.hpp"
#include "core/pipeline/letter_source.hpp"

namespace aorta::cli {
namespace {

using journal::DeadLetters;
using pipeline::LetterSource;

std::string letters_text(std::uint64_t count) {
  return grouped(count) + (count == 1 ? " dead letter" : " dead letters");
}

// Those of each source, under its name: a letter that fails again is then known as the one it was.
Result<std::vector<std::unique_ptr<LetterSource>>> open_sources(
    const std::string& path, const journal::LetterFilter& filter
) {
  AORTA_TRY(store, DeadLetters::open(path));
  AORTA_TRY(names, store.sources(filter));
  std::vector<std::unique_ptr<LetterSource>> sources;
  for (const std::string& name : names) {
    AORTA_TRY(connection, DeadLetters::open(path));
    AORTA_TRY(source, LetterSource::open(name, std::move(connection), filter));
    sources.push_back(std::move(source));
  }
  return sources;
}

void show(Context& context, const LetterSource::Replayed& sum) {
  if (context.format == Format::Json) {
    context.out << R"({"event":"replayed","forgotten":)" << sum.forgotten << R"(,"kept":)" << sum.kept
                << R"(,"left_out":)" << sum.left_out << "}\n";
    return;
  }
  context.out << "  " << letters_text(sum.forgotten) << " settled and forgotten";
  if (sum.kept > 0) context.out << ", " << grouped(sum.kept) << " kept: the same reason again";
  context.out << "\n";
  if (sum.left_out > 0) {
    context.out << "  " << letters_text(sum.left_out)
                << " left out: rejected by the source or cut, so not what was sent; let the source send again\n";
  }
}

int finish(Context& context, const std::vector<LetterSource*>& sources, int code) {
  LetterSource::Replayed sum;
  for (LetterSource* source : sources) {
    auto one = source->finish();
    if (one.has_error()) return fail(context, one.error());
    sum.forgotten += one->forgotten;
    sum.kept += one->kept;
    sum.left_out += one->left_out;
  }
  show(context, sum);
  return code;
}

int replay(Context& context, const WantedLetters& wanted, const std::vector<std::string>& plugin_folders) {
  std::vector<Checked> checked;
  if (auto code = check_all(context, {wanted.file}, plugin_folders, checked)) return *code;
  const std::string path = checked.front().config.dead_letter.path;
  if (!std::filesystem::exists(path)) return context.out << "No dead letters.\n", kOk;
  auto letters = open_sources(path, wanted.filter);
  if (letters.has_error()) return fail(context, letters.error().in("dead_letter"));
  if (letters->empty()) return context.out << "No dead letters.\n", kOk;
  std::vector<LetterSource*> replayed;
  std::vector<std::unique_ptr<pipeline::SourcePort>> sources;
  for (auto& source : *letters) {
    replayed.push_back(source.get());
    sources.push_back(std::move(source));
  }
  RunLoop loop(context);
  if (auto code = loop.add(std::move(checked.front()), std::chrono::seconds(30), std::move(sources))) return *code;
  return finish(context, replayed, loop.run());
}

struct PurgeOptions {
  WantedLetters wanted;
  std::string older_than;
  bool all = false;
};

Result<journal::LetterFilter> purge_filter(const PurgeOptions& options) {
  journal::LetterFilter filter = options.wanted.filter;
  if (!options.older_than.empty()) {
    auto age = parse_duration(options.older_than);
    if (age.has_error()) return age.error().in("--older-than");
    filter.seen_before = time_before_now(*age).ticks;
  }
  bool chosen = options.all || filter.seen_before > 0 || !filter.reasons.empty() || !filter.sources.empty();
  if (!chosen) return Error("usage", "say which: --reason, --source, --older-than or --all");
  return filter;
}

}  // namespace

int run_deadletter_replay(Context& context, Arguments arguments) {
  WantedLetters wanted;
  std::vector<std::string> plugin_folders;
  Command command(
      context, "deadletter replay",
      "Sends the messages that did not arrive through the pipeline again, as it is now: after a mapping was corrected, "
      "or a device registered. What comes to its end is forgotten; what fails for the same reason stays and is counted "
      "once more. To replay twice changes nothing."
  );
  command.positional("PIPELINE", wanted.file, "a pipeline file");
  command.option("--reason", wanted.filter.reasons, "only this reason; may be repeated");
  command.option("--source", wanted.filter.sources, "only this source; may be repeated");
  command.option("--plugins", plugin_folders, "a further folder of plugins; may be repeated");
  command.example(
      "aorta deadletter replay pipelines/ward-vitals.yaml --reason normalize/no-template-matched",
      "after a new template"
  );
  command.exits("as run");
  if (auto code = command.parse(arguments)) return *code;
  return replay(context, wanted, plugin_folders);
}

int run_deadletter_purge(Context& context, Arguments arguments) {
  PurgeOptions options;
  Command command(
      context, "deadletter purge",
      "Forgets messages that did not arrive. They cannot be brought back: export them first."
  );
  declare_letters(command, options.wanted);
  command.option("--older-than", options.older_than, "only what was last seen longer ago, such as 30d")
      .flag("--all", options.all, "all of them");
  command.example("aorta deadletter purge var/dead-letters.db --older-than 30d", "what nobody will ask for");
  command.exits("0 ok, 1 the pipeline file has errors, 2 usage, 4 the file cannot be written");
  if (auto code = command.parse(arguments)) return *code;
  auto filter = purge_filter(options);
  if (filter.has_error()) return fail(context, filter.error(), kUsage);
  int code = kOk;
  auto store = open_letters(context, options.wanted.file, LetterMode::Write, code);
  if (code != kOk) return code;
  Result<std::uint64_t> gone = store ? store->remove(*filter) : std::uint64_t{0};
  if (gone.has_error()) return fail(context, gone.error());
  if (context.format == Format::Json) {
    context.out << R"({"purged":)" << *gone << "}\n";
  } else {
    context.out << letters_text(*gone) << " purged.\n";
  }
  return kOk;
}

}  // namespace aorta::cli
