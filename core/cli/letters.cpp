#include "core/cli/letters.hpp"

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>

#include "core/base/their_words.hpp"
#include "core/base/time.hpp"
#include "core/config/pipeline_config.hpp"

namespace aorta::cli {
namespace {

namespace json = boost::json;
using journal::DeadLetter;
using journal::DeadLetters;

bool is_database(const std::string& path) {
  std::string head(15, '\0');
  std::ifstream(path, std::ios::binary).read(head.data(), static_cast<std::streamsize>(head.size()));
  return head == "SQLite format 3" || std::filesystem::path(path).extension() == ".db";
}

}  // namespace

void declare_letters(Command& command, WantedLetters& wanted) {
  command.positional("PIPELINE|FILE.db", wanted.file, "a pipeline file, or a file of dead letters");
  command.option("--reason", wanted.filter.reasons, "only this reason; may be repeated");
  command.option("--source", wanted.filter.sources, "only this source; may be repeated");
}

Result<std::string> letter_path(const std::string& file) {
  if (is_database(file)) return file;
  Diagnostics problems;
  config::PipelineConfig pipeline = config::load_pipeline(file, problems);
  if (count_errors(problems) == 0) return pipeline.dead_letter.path;
  const Diagnostic& first = problems.front();
  return Error("bad-pipeline", first.message + " (aorta validate tells all)").at(first.file, first.position);
}

std::optional<DeadLetters> open_letters(Context& context, const std::string& file, LetterMode mode, int& code) {
  code = kOk;
  Result<std::string> path = letter_path(file);
  if (path.has_error()) {
    code = fail(context, path.error(), path.error().reason() == "bad-pipeline" ? kFindings : kEnvironment);
    return std::nullopt;
  }
  bool of_pipeline = *path != file;
  if (!std::filesystem::exists(*path) && of_pipeline) return std::nullopt;
  bool writes = mode == LetterMode::Write && std::filesystem::exists(*path);
  Result<DeadLetters> store = writes ? DeadLetters::open(*path) : DeadLetters::open_for_reading(*path);
  if (store.has_value()) return std::move(*store);
  code = fail(context, store.error());
  return std::nullopt;
}

std::string compact_time(std::int64_t ticks) {
  std::string text = second_text({ticks, DateTime::Zone::Utc}).substr(5);
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
      {"id", letter.id},
      {"reason", letter.reason},
      {"message", own_words(letter.message)},
      {"source", letter.source},
      {"position", letter.position}};
  if (!letter.where.empty()) out["where"] = letter.where;
  out["first"] = full_time(letter.first_ticks);
  out["last"] = full_time(letter.last_ticks);
  out["count"] = letter.count;
  out["bytes"] = letter.body_size;
  out["configuration"] = letter.fingerprint;
  return out;
}

}  // namespace aorta::cli
