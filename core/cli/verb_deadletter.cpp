#include <boost/json.hpp>
#include <ostream>

#include "core/base/their_words.hpp"
#include "core/base/units.hpp"
#include "core/cli/letters.hpp"
#include "core/cli/table.hpp"
#include "core/cli/verbs.hpp"

namespace aorta::cli {
namespace {

namespace json = boost::json;
using cli::json_of;
using journal::DeadLetter;
using journal::DeadLetters;
using journal::LetterGroup;

json::object json_of(const LetterGroup& group) {
  json::object out{{"reason", group.reason}, {"letters", group.letters}, {"count", group.count}};
  out["first"] = full_time(group.first_ticks);
  out["last"] = full_time(group.last_ticks);
  out["last_seen"] = cli::json_of(group.last);
  return out;
}

template <class Entry>
void show_json(Context& context, std::string_view name, const std::vector<Entry>& entries) {
  json::array all;
  for (const Entry& entry : entries) all.push_back(json_of(entry));
  context.out << json::serialize(json::object{{name, std::move(all)}}) << "\n";
}

void show_groups(Context& context, const std::vector<LetterGroup>& groups) {
  if (context.format == Format::Json) return show_json(context, "reasons", groups);
  if (groups.empty()) return void(context.out << "No dead letters.\n");
  Table table({"REASON", "COUNT", "FIRST", "LAST", "LAST SEEN IN"});
  table.align_right(1);
  for (const LetterGroup& group : groups) {
    table.add(
        {group.reason, grouped(group.letters), compact_time(group.first_ticks), compact_time(group.last_ticks),
         seen_in(group.last)}
    );
  }
  context.out << table.text();
}

void show_letters(Context& context, const std::vector<DeadLetter>& letters) {
  if (context.format == Format::Json) return show_json(context, "letters", letters);
  if (letters.empty()) return void(context.out << "No dead letters.\n");
  Table table({"ID", "LAST", "COUNT", "REASON", "SEEN IN", "MESSAGE"});
  table.align_right(0);
  table.align_right(2);
  for (const DeadLetter& letter : letters) {
    table.add(
        {std::to_string(letter.id), compact_time(letter.last_ticks), grouped(letter.count), letter.reason,
         seen_in(letter), std::string(own_words(letter.message))}
    );
  }
  context.out << table.text();
}

int list_groups(Context& context, DeadLetters* store, const journal::LetterFilter& filter) {
  auto groups = store ? store->groups(filter) : std::vector<LetterGroup>();
  if (groups.has_error()) return fail(context, groups.error());
  show_groups(context, *groups);
  return kOk;
}

int list_each(Context& context, DeadLetters* store, const journal::LetterFilter& filter, std::uint64_t limit) {
  auto letters = store ? store->letters(filter, limit) : std::vector<DeadLetter>();
  if (letters.has_error()) return fail(context, letters.error());
  show_letters(context, *letters);
  return kOk;
}

}  // namespace

int run_deadletter_list(Context& context, Arguments arguments) {
  WantedLetters wanted;
  bool each = false;
  std::uint64_t limit = 100;
  Command command(
      context, "deadletter list",
      "Shows the messages that did not arrive, by reason: how many, since when, and where the last one was."
  );
  declare_letters(command, wanted);
  command.flag("--each", each, "each message in a line, the oldest first")
      .option("--limit", limit, "with --each: at most as many");
  command.example("aorta deadletter list pipelines/ward-vitals.yaml", "what went wrong, and how often");
  command.example("aorta deadletter list var/dead-letters.db --each", "message by message");
  command.exits("0 ok, 1 the pipeline file has errors, 2 usage, 4 the file cannot be read");
  if (auto code = command.parse(arguments)) return *code;
  int code = kOk;
  auto store = open_letters(context, wanted.file, LetterMode::Read, code);
  if (code != kOk) return code;
  DeadLetters* letters = store ? &*store : nullptr;
  return each ? list_each(context, letters, wanted.filter, limit) : list_groups(context, letters, wanted.filter);
}

}  // namespace aorta::cli
