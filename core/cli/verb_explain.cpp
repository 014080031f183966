#include <fstream>
#include <iostream>
#include <iterator>
#include <ostream>

#include "core/base/text.hpp"
#include "core/cli/check.hpp"
#include "core/cli/command.hpp"
#include "core/cli/explain_view.hpp"
#include "core/cli/verbs.hpp"

namespace aorta::cli {
namespace {

struct Options {
  std::string pipeline, mapping, file, properties, system_properties, store;
  bool stored = false, window = false;
  std::uint64_t line = 0;
  std::vector<std::string> plugin_folders;
};

struct Line {
  std::size_t number = 0;  // 0: the only message
  std::string text;
};

bool is_one_value(std::string_view text) {
  document::Document document;
  return document.read_value(text).has_value();
}

std::vector<Line> lines_of(const std::string& text) {
  std::vector<Line> out;
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find('\n', at), text.size());
    ++number;
    if (std::string line = text.substr(at, end - at); !is_blank(line)) out.push_back({number, std::move(line)});
    at = end + 1;
  }
  return out;
}

// One message per line, if the first line is a message by itself; else the text is one message, as it is.
std::vector<Line> messages_of(std::string text) {
  std::vector<Line> lines = lines_of(text);
  bool one_per_line = lines.size() > 1 && !is_one_value(text) && is_one_value(lines.front().text);
  if (one_per_line) return lines;
  return {{0, std::move(text)}};
}

Result<std::string> read_input(const Options& options) {
  std::ifstream file;
  if (!options.file.empty()) file.open(options.file, std::ios::binary);
  if (!options.file.empty() && !file.good())
    return Error("file-unreadable", "cannot be opened; check the path and the right to read it").at(options.file, {});
  std::istream& in = options.file.empty() ? std::cin : file;
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad()) return Error("file-unreadable", "cannot be read to its end").at(options.file, {});
  return text;
}

Result<std::vector<Line>> read_messages(const Options& options) {
  AORTA_TRY(text, read_input(options));
  if (options.line == 0) {
    if (text.empty()) return Error("no-message", "nothing to explain: give one message on standard input, or --file");
    return messages_of(std::move(text));
  }
  for (Line& line : lines_of(text)) {
    if (line.number == options.line) return std::vector<Line>{std::move(line)};
  }
  return Error("no-message", "line " + std::to_string(options.line) + " is blank or behind the end")
      .at(options.file, {});
}

// The pipeline, with another device mapping if one is named; that one's faults are told when it is read.
std::optional<int> check(Context& context, const Options& options, std::vector<Checked>& out) {
  if (options.mapping.empty()) return check_all(context, {options.pipeline}, options.plugin_folders, out);
  Examined examined = examine(options.pipeline, options.plugin_folders);
  std::string& mapping = examined.pipeline.config.normalize.mapping;
  std::erase_if(examined.findings, [&](const Diagnostic& d) { return !mapping.empty() && d.file == mapping; });
  mapping = options.mapping;
  if (count_errors(examined.findings) > 0) {
    show_findings(examined, context.err, context.err_terminal);
    return examined.unreadable ? kEnvironment : kFindings;
  }
  out.push_back(std::move(examined.pipeline));
  return std::nullopt;
}

void explain_window(
    Context& context, const Options& options, pipeline::Explainer& explainer, std::vector<Line> messages
) {
  std::vector<pipeline::ExplainedMessage> window;
  std::vector<std::size_t> lines;
  for (Line& line : messages) {
    window.push_back({std::move(line.text), options.properties, options.system_properties});
    lines.push_back(line.number);
  }
  auto explained = explainer.explain_window(std::move(window));
  WindowView view{explained, std::move(lines)};
  if (context.format == Format::Json) return show_window_json(context, view);
  show_window_text(context, view);
}

int explain(Context& context, const Options& options, Checked& pipeline) {
  observe::Log log({.least = observe::Level::Error});
  auto explainer = pipeline::Explainer::open(pipeline.config, *pipeline.registry, log, {options.stored, options.store});
  if (explainer.has_error()) {
    bool of_a_store = explainer.error().reason().starts_with("store-");
    return fail(context, explainer.error(), of_a_store ? kEnvironment : kFindings);
  }
  auto messages = read_messages(options);
  if (messages.has_error()) return fail(context, messages.error());
  if (options.window) return explain_window(context, options, **explainer, std::move(*messages)), kOk;
  for (Line& line : *messages) {
    auto explanation = (*explainer)->explain({std::move(line.text), options.properties, options.system_properties});
    MessageView view{explanation, (*explainer)->mapping_file(), line.number};
    bool first = &line == messages->data();
    if (context.format == Format::Json) {
      show_explanation_json(context, view);
      continue;
    }
    if (!first) context.out << "\n";
    show_explanation_text(context, view);
  }
  return kOk;
}

}  // namespace

int run_explain(Context& context, Arguments arguments) {
  Options options;
  Command command(
      context, "explain",
      "Tells what a pipeline's mapping makes of a message: which templates match, where and what they take, and why "
      "the "
      "others do not. Nothing is written. The message is read from standard input, one or one per line."
  );
  command.positional("PIPELINE", options.pipeline, "a pipeline file")
      .option("--mapping", options.mapping, "a device mapping to try instead of the pipeline's own")
      .option("--file", options.file, "read messages from this file, not from standard input")
      .option("--line", options.line, "only this line, counted from 1")
      .option("--properties", options.properties, "the message's properties, a JSON object (IoT hub)")
      .option("--system-properties", options.system_properties, "its system properties, a JSON object (IoT hub)")
      .option(
          "--store", options.store, "an embedded store to look into: what it would make of the Observations, and why"
      )
      .flag("--stored", options.stored, "look into the pipeline's own store instead")
      .flag(
          "--window", options.window,
          "take all messages together, as one window: which measurements are put together, why, and what of each stays"
      )
      .option("--plugins", options.plugin_folders, "a further folder of plugins; may be repeated");
  command.example("head -1 data/odd.ndjson | aorta explain pipelines/ward-vitals.yaml", "one message");
  command.example("aorta explain pipelines/ward-vitals.yaml --file data/odd.ndjson --line 8812", "a line of a file");
  command.example("aorta explain pipelines/ward-vitals.yaml --file data/odd.ndjson --stored", "beside what is stored");
  command.example(
      "aorta explain pipelines/ward-vitals.yaml --file data/odd.ndjson --window", "what they make together"
  );
  command.exits("0 explained, whatever the outcome, 1 the pipeline or its mapping is wrong, 2 usage, 4 the environment"
  );
  if (auto code = command.parse(arguments)) return *code;
  if (options.stored && !options.store.empty())
    return fail(context, Error("usage", "give --store or --stored, not both"), kUsage);
  std::vector<Checked> checked;
  if (auto code = check(context, options, checked)) return *code;
  return explain(context, options, checked.front());
}

}  // namespace aorta::cli
