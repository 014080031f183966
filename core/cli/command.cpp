#include "core/cli/command.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <ostream>

#include "core/base/text.hpp"
#include "core/base/whole_number.hpp"

namespace aorta::cli {
namespace {

constexpr std::size_t kWidth = 100;

// Broken between words; the lines after the first begin with `indent` blanks.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string out;
  std::size_t column = 0;
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    if (!out.empty()) {
      bool fits = column + 1 + word.size() <= kWidth;
      out += fits ? " " : "\n" + std::string(indent, ' ');
      column = fits ? column + 1 : indent;
    }
    out += word;
    column += word.size();
  }
  return out;
}

// CLI11's names of types, as people write values.
void name_values(CLI::FormatterBase& formatter) {
  formatter.label("TEXT", "VALUE");
  formatter.label("TEXT:{text,json}", "text|json");
  formatter.label("TEXT:{text,json,csv}", "text|json|csv");
  formatter.label("TEXT:{auto,always,never}", "auto|always|never");
  formatter.label("UINT:N", "N");
  formatter.label("REQUIRED", "");
  formatter.label("Positionals", "Arguments");
}

CLI::Validator count() {
  auto check = [](const std::string& text) {
    return whole_number<std::uint64_t>(text) ? std::string() : "\"" + text + "\" is no whole number from 0 on";
  };
  return {check, "N"};
}

}  // namespace

struct Command::Parts {
  CLI::App app;
  std::string name;
  std::string examples;
  std::string exits = "0 ok, 2 usage, 4 the environment";
  std::string format;
  std::string color = "auto";
  CLI::Option* format_option = nullptr;
};

Command::Command(Context& context, std::string_view name, std::string_view description)
    : context_(context), parts_(std::make_unique<Parts>()) {
  CLI::App& app = parts_->app;
  parts_->name = "aorta " + std::string(name);
  app.name(parts_->name);
  app.description(wrapped(description, 0) + "\n");
  app.set_help_flag("-h,--help", "this page");
  app.allow_extras();
  app.get_formatter()->column_width(34);
  name_values(*app.get_formatter());
  parts_->format_option = app.add_option("--format", parts_->format, "text or json");
  parts_->format_option->check(CLI::IsMember({"text", "json"}));
  app.add_option("--color", parts_->color, "auto, always or never; NO_COLOR is obeyed")
      ->check(CLI::IsMember({"auto", "always", "never"}));
}

Command::~Command() = default;

Command& Command::positional(const char* name, std::string& into, const char* help) {
  parts_->app.add_option(name, into, help)->required()->type_name("");
  return *this;
}

Command& Command::positionals(const char* name, std::vector<std::string>& into, const char* help) {
  parts_->app.add_option(name, into, help)->required()->type_name("");
  return *this;
}

Command& Command::option(const char* name, std::string& into, const char* help) {
  parts_->app.add_option(name, into, help);
  return *this;
}

Command& Command::option(const char* name, std::vector<std::string>& into, const char* help) {
  parts_->app.add_option(name, into, help)->allow_extra_args(false)->take_all();
  return *this;
}

Command& Command::option(const char* name, std::uint64_t& into, const char* help) {
  parts_->app.add_option(name, into, help)->check(count())->capture_default_str();
  return *this;
}

Command& Command::flag(const char* name, bool& into, const char* help) {
  parts_->app.add_flag(name, into, help);
  return *this;
}

Command& Command::with_csv() {
  parts_->app.remove_option(parts_->format_option);
  parts_->format_option = parts_->app.add_option("--format", parts_->format, "text, json or csv");
  parts_->format_option->check(CLI::IsMember({"text", "json", "csv"}));
  return *this;
}

Command& Command::example(std::string_view line, std::string_view what) {
  std::string shown(line);
  if (shown.size() < 58) shown.resize(58, ' ');
  parts_->examples += "  " + shown + "  " + std::string(what) + "\n";
  return *this;
}

Command& Command::exits(std::string_view line) {
  parts_->exits = line;
  return *this;
}

std::optional<int> Command::refuse(const std::string& message) {
  apply_common();
  return fail(context_, Error("usage", message + " (" + parts_->name + " --help tells more)"), kUsage);
}

std::string Command::unknown_text() const {
  std::string word = parts_->app.remaining().front();
  if (!word.starts_with("-") || word == "-") return "\"" + word + "\" is one argument too many";
  std::string bare = word.substr(0, word.find('='));
  std::vector<std::string> known;
  for (const CLI::Option* option : parts_->app.get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  return "there is no option " + bare + did_you_mean(bare, known);
}

void Command::apply_common() {
  static const std::map<std::string, observe::ColorMode> kModes{
      {"auto", observe::ColorMode::Auto}, {"always", observe::ColorMode::Always}, {"never", observe::ColorMode::Never}};
  if (parts_->format == "json") context_.format = Format::Json;
  if (parts_->format == "csv") context_.format = Format::Csv;
  if (parts_->format == "text") context_.format = Format::Text;
  auto mode = kModes.find(parts_->color);
  if (mode == kModes.end() || mode->second == observe::ColorMode::Auto) return;
  context_.color = mode->second;
  context_.out_terminal = observe::Terminal::of(STDOUT_FILENO, mode->second);
  context_.err_terminal = observe::Terminal::of(STDERR_FILENO, mode->second);
}

std::optional<int> Command::parse(Arguments arguments) {
  std::string footer = parts_->examples.empty() ? "" : "Examples:\n" + parts_->examples + "\n";
  parts_->app.footer(footer + wrapped("Exit codes: " + parts_->exits, std::string_view("Exit codes: ").size()));
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    parts_->app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    context_.out << parts_->app.help();
    return kOk;
  } catch (const CLI::ParseError& e) {
    return refuse(parts_->app.remaining_size() > 0 ? unknown_text() : e.what());
  }
  if (parts_->app.remaining_size() > 0) return refuse(unknown_text());
  apply_common();
  return std::nullopt;
}

}  // namespace aorta::cli
