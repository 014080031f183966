#include <boost/json.hpp>
#include <ostream>

#include "core/base/base64.hpp"
#include "core/base/unicode.hpp"
#include "core/base/units.hpp"
#include "core/base/whole_number.hpp"
#include "core/cli/check.hpp"
#include "core/cli/explain_view.hpp"
#include "core/cli/letters.hpp"
#include "core/cli/verbs.hpp"

namespace aorta::cli {
namespace {

namespace json = boost::json;
using journal::DeadLetter;
using journal::DeadLetters;

constexpr std::uint64_t kPage = 16;  // bodies may be large

struct WantedLetter {
  std::string file, id;
};

void declare_letter(Command& command, WantedLetter& wanted) {
  command.positional("PIPELINE|FILE.db", wanted.file, "a pipeline file, or a file of dead letters");
  command.positional("ID", wanted.id, "the letter's number, as `deadletter list --each` shows it");
}

Result<DeadLetter> letter_of(DeadLetters* store, const std::string& id) {
  journal::LetterFilter filter;
  filter.ids = {whole_number<std::uint64_t>(id).value_or(0)};
  if (store) {
    AORTA_TRY(found, store->letters(filter, 1));
    if (!found.empty()) return std::move(found.front());
  }
  return Error("no-such-letter", "there is no dead letter \"" + id + "\"; `aorta deadletter list … --each` shows them");
}

// A failure has been told when its exit code is returned in `code`.
std::optional<DeadLetter> open_letter(Context& context, const WantedLetter& wanted, int& code) {
  auto store = open_letters(context, wanted.file, LetterMode::Read, code);
  if (code != kOk) return std::nullopt;
  Result<DeadLetter> letter = letter_of(store ? &*store : nullptr, wanted.id);
  if (letter.has_value()) return std::move(*letter);
  code = fail(context, letter.error(), letter.error().reason() == "no-such-letter" ? kFindings : kEnvironment);
  return std::nullopt;
}

json::object with_body(const DeadLetter& letter) {
  json::object out = json_of(letter);
  out["message"] = letter.message;
  if (!letter.content_type.empty()) out["content_type"] = letter.content_type;
  if (letter.enqueued_ticks != 0) out["enqueued"] = full_time(letter.enqueued_ticks);
  if (!letter.properties.empty()) out["properties"] = letter.properties;
  if (!letter.system_properties.empty()) out["system_properties"] = letter.system_properties;
  if (letter.cut()) out["cut"] = true;
  if (is_utf8(letter.body)) {
    out["body"] = letter.body;
  } else {
    out["body_base64"] = base64(letter.body);
  }
  return out;
}

void show_row(Context& context, std::string_view label, const std::string& text) {
  if (text.empty()) return;
  context.out << "  " << label << std::string(15 - label.size(), ' ') << observe::printable(text) << "\n";
}

std::string body_text(const DeadLetter& letter) {
  return is_utf8(letter.body) ? letter.body : "no text, in Base64: " + base64(letter.body);
}

void show_text(Context& context, const DeadLetter& letter) {
  context.out << "letter " << letter.id << "   "
              << context.out_terminal.paint(observe::Style::Bold, observe::printable(letter.reason)) << "\n";
  show_row(context, "message", letter.message);
  show_row(context, "seen in", seen_in(letter));
  show_row(context, "first, last", full_time(letter.first_ticks) + ", " + full_time(letter.last_ticks));
  show_row(context, "times", grouped(letter.count));
  show_row(context, "enqueued", full_time(letter.enqueued_ticks));
  show_row(context, "content type", letter.content_type);
  show_row(context, "properties", letter.properties);
  show_row(context, "system", letter.system_properties);
  show_row(context, "configuration", letter.fingerprint);
  show_row(context, "body", body_text(letter));
  if (letter.cut()) show_row(context, "", "… cut; it had " + grouped(letter.body_size) + " bytes");
}

// As `aorta explain` does, with the pipeline as it is now.
int explain(Context& context, const std::string& pipeline_file, const DeadLetter& letter) {
  std::vector<Checked> checked;
  if (auto code = check_all(context, {pipeline_file}, {}, checked)) return *code;
  observe::Log log({.least = observe::Level::Error});
  auto explainer = pipeline::Explainer::open(checked.front().config, *checked.front().registry, log);
  if (explainer.has_error()) return fail(context, explainer.error(), kFindings);
  auto explanation = (*explainer)->explain({letter.body, letter.properties, letter.system_properties});
  MessageView view{explanation, (*explainer)->mapping_file(), 0};
  if (context.format == Format::Json) {
    show_explanation_json(context, view);
  } else {
    context.out << "\n";
    show_explanation_text(context, view);
  }
  return kOk;
}

// YAML reads a JSON string as its own.
void write_test(Context& context, const DeadLetter& letter) {
  context.out << "  - name: " << json_text(letter.source + " " + letter.position)
              << "\n    input:\n      source: " << letter.source << "\n      body_text: " << json_text(letter.body)
              << "\n";
  if (!letter.properties.empty()) context.out << "      properties: " << letter.properties << "\n";
  if (!letter.system_properties.empty()) context.out << "      system_properties: " << letter.system_properties << "\n";
  context.out << "    expect:\n      dead_letter: [{ reason: " << letter.reason << " }]\n";
}

int export_page(Context& context, DeadLetters& store, journal::LetterFilter& filter, bool& more) {
  auto page = store.letters(filter, kPage);
  if (page.has_error()) return fail(context, page.error());
  for (const DeadLetter& letter : *page) context.out << json::serialize(with_body(letter)) << "\n";
  more = !page->empty();
  if (more) filter.after = page->back().id;
  return kOk;
}

}  // namespace

int run_deadletter_show(Context& context, Arguments arguments) {
  WantedLetter wanted;
  bool explains = false;
  Command command(context, "deadletter show", "Shows one message that did not arrive, whole, and why.");
  declare_letter(command, wanted);
  command.flag("--explain", explains, "and what the pipeline's mapping makes of it now (give the pipeline file)");
  command.example("aorta deadletter show pipelines/ward-vitals.yaml 3 --explain", "why, template by template");
  command.exits("0 ok, 1 there is no such letter, or the pipeline file has errors, 2 usage, 4 the file cannot be read");
  if (auto code = command.parse(arguments)) return *code;
  int code = kOk;
  auto letter = open_letter(context, wanted, code);
  if (!letter) return code;
  if (context.format == Format::Json) {
    context.out << json::serialize(with_body(*letter)) << "\n";
  } else {
    show_text(context, *letter);
  }
  return explains ? explain(context, wanted.file, *letter) : kOk;
}

int run_deadletter_to_test(Context& context, Arguments arguments) {
  WantedLetter wanted;
  Command command(
      context, "deadletter to-test",
      "Writes a message that did not arrive as a case for the `tests:` of a pipeline file. It expects what happened; "
      "change that to what should."
  );
  declare_letter(command, wanted);
  command.example("aorta deadletter to-test pipelines/ward-vitals.yaml 3 >> case.yaml", "a case to build on");
  command.exits("0 ok, 1 there is no such letter, or it is no text, 2 usage, 4 the file cannot be read");
  if (auto code = command.parse(arguments)) return *code;
  int code = kOk;
  auto letter = open_letter(context, wanted, code);
  if (!letter) return code;
  if (!is_utf8(letter->body) || letter->cut())
    return fail(context, Error("no-text", "the message is no text or was cut, and a pipeline file is text"), kFindings);
  write_test(context, *letter);
  return kOk;
}

int run_deadletter_export(Context& context, Arguments arguments) {
  WantedLetters wanted;
  Command command(
      context, "deadletter export",
      "Writes the messages that did not arrive to standard output, one JSON object a line (NDJSON): reason, place, "
      "times, properties and body. A body that is no text stands in body_base64."
  );
  declare_letters(command, wanted);
  command.example("aorta deadletter export pipelines/ward-vitals.yaml > letters.ndjson", "all of them");
  command.exits("0 ok, 1 the pipeline file has errors, 2 usage, 4 the file cannot be read");
  if (auto code = command.parse(arguments)) return *code;
  int code = kOk;
  auto store = open_letters(context, wanted.file, LetterMode::Read, code);
  for (bool more = store.has_value(); more && code == kOk;) code = export_page(context, *store, wanted.filter, more);
  return code;
}

}  // namespace aorta::cli
