#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <ostream>

#include "core/base/time.hpp"
#include "core/base/units.hpp"
#include "core/cli/command.hpp"
#include "core/cli/table.hpp"
#include "core/cli/verbs.hpp"
#include "core/config/pipeline_config.hpp"
#include "core/journal/dead_letters.hpp"

namespace aorta::cli {
namespace {

namespace json = boost::json;
using journal::DeadLetter;
using journal::DeadLetters;
using journal::LetterGroup;

struct Wanted {
  std::string file;
  journal::LetterFilter filter;
  bool each = false;
  std::uint64_t limit = 100;
};

bool is_database(const std::string& path) {
  std::string head(15, '\0');
  std::ifstream(path, std::ios::binary).read(head.data(), static_cast<std::streamsize>(head.size()));
  return head == "SQLite format 3" || std::filesystem::path(path).extension() == ".db";
}

// The file of dead letters itself, or the one that a pipeline file names.
Result<std::string> letter_path(const std::string& file) {
  if (is_database(file)) return file;
  Diagnostics problems;
  config::PipelineConfig pipeline = config::load_pipeline(file, problems);
  if (count_errors(problems) == 0) return pipeline.dead_letter.path;
  const Diagnostic& first = problems.front();
  return Error("bad-pipeline", first.message + " (aorta validate tells all)").at(first.file, first.position);
}

std::string short_time(std::int64_t ticks) {
  return iso_text({ticks - ticks % DateTime::kTicksPerSecond, DateTime::Zone::Utc}).substr(5, 15);
}

std::string compact_time(std::int64_t ticks) {
  std::string text = short_time(ticks);
  text[5] = ' ';
  return text;
}

std::string full_time(std::int64_t ticks) {
  return ticks == 0 ? std::string() : iso_text({ticks, DateTime::Zone::Utc});
}

std::string seen_in(const DeadLetter& letter) {
  std::string place = letter.source + " " + letter.position;
  return letter.where.empty() ? place : place + " (" + letter.where + ")";
}

json::object json_of(const DeadLetter& letter) {
  json::object out{
      {"reason", letter.reason}, {"message", letter.message}, {"source", letter.source}, {"position", letter.position}};
  if (!letter.where.empty()) out["where"] = letter.where;
  out["first"] = full_time(letter.first_ticks);
  out["last"] = full_time(letter.last_ticks);
  out["count"] = letter.count;
  out["bytes"] = letter.body_size;
  out["configuration"] = letter.fingerprint;
  return out;
}

json::object json_of(const LetterGroup& group) {
  json::object out{{"reason", group.reason}, {"letters", group.letters}, {"count", group.count}};
  out["first"] = full_time(group.first_ticks);
  out["last"] = full_time(group.last_ticks);
  out["last_seen"] = json_of(group.last);
  return out;
}

template <class Entry>
void show_json(Context& context, std::string_view name, const std::vector<Entry>& entries) {
  json::array all;
  for (const Entry& entry : entries) all.push_back(json_of(entry));
  context.out << json::serialize(json::object{{name, std::move(all)}}) << "\n";
}

void show_groups(Context& context, const std::vector<LetterGroup>& groups) {
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
  if (letters.empty()) return void(context.out << "No dead letters.\n");
  Table table({"ID", "LAST", "COUNT", "REASON", "SEEN IN", "MESSAGE"});
  table.align_right(0);
  table.align_right(2);
  for (const DeadLetter& letter : letters) {
    table.add(
        {std::to_string(letter.id), compact_time(letter.last_ticks), grouped(letter.count), letter.reason,
         seen_in(letter), letter.message}
    );
  }
  context.out << table.text();
}

int list_groups(Context& context, DeadLetters& store, const Wanted& wanted) {
  auto groups = store.groups(wanted.filter);
  if (groups.has_error()) return fail(context, groups.error());
  context.format == Format::Json ? show_json(context, "reasons", *groups) : show_groups(context, *groups);
  return kOk;
}

int list_each(Context& context, DeadLetters& store, const Wanted& wanted) {
  auto letters = store.letters(wanted.filter, wanted.limit);
  if (letters.has_error()) return fail(context, letters.error());
  context.format == Format::Json ? show_json(context, "letters", *letters) : show_letters(context, *letters);
  return kOk;
}

int list(Context& context, const Wanted& wanted) {
  Result<std::string> path = letter_path(wanted.file);
  if (path.has_error())
    return fail(context, path.error(), path.error().reason() == "bad-pipeline" ? kFindings : kEnvironment);
  bool none_yet = *path != wanted.file && !std::filesystem::exists(*path);
  if (none_yet) {
    context.format == Format::Json ? show_json(context, "reasons", std::vector<LetterGroup>())
                                   : show_groups(context, {});
    return kOk;
  }
  Result<DeadLetters> store = DeadLetters::open_for_reading(*path);
  if (store.has_error()) return fail(context, store.error());
  return wanted.each ? list_each(context, *store, wanted) : list_groups(context, *store, wanted);
}

}  // namespace

int run_deadletter_list(Context& context, Arguments arguments) {
  Wanted wanted;
  Command command(
      context, "deadletter list",
      "Shows the messages that did not arrive, by reason: how many, since when, and where the last one was."
  );
  command.positional("PIPELINE|FILE.db", wanted.file, "a pipeline file, or a file of dead letters");
  command.option("--reason", wanted.filter.reasons, "only this reason; may be repeated");
  command.option("--source", wanted.filter.sources, "only this source; may be repeated");
  command.flag("--each", wanted.each, "each message in a line, the oldest first")
      .option("--limit", wanted.limit, "with --each: at most as many");
  command.example("aorta deadletter list pipelines/ward-vitals.yaml", "what went wrong, and how often");
  command.example("aorta deadletter list var/dead-letters.db --each", "message by message");
  command.exits("0 ok, 1 the pipeline file has errors, 2 usage, 4 the file cannot be read");
  if (auto code = command.parse(arguments)) return *code;
  return list(context, wanted);
}

}  // namespace aorta::cli
