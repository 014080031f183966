#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <ostream>

#include "aorta/abi/types.h"
#include "core/cli/command.hpp"
#include "core/cli/verbs.hpp"
#include "core/plugin/verify/verify.hpp"

namespace aorta::cli {
namespace {

namespace json = boost::json;
using plugin::verify::CheckResult;
using plugin::verify::Verdict;

struct Words {
  std::string library;
  std::string config;
  std::string messages;
  std::uint64_t seconds = 10;
};

struct Counts {
  int passed = 0, failed = 0, skipped = 0;
};

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in) return Error("cannot-open", path + ": cannot be read");
  return text;
}

// {"plugin id": {configuration}, …}
Result<void> read_configs(const std::string& path, plugin::verify::Options& options) {
  AORTA_TRY(text, read_file(path));
  boost::system::error_code bad;
  json::value read = json::parse(text, bad);
  if (bad || !read.is_object())
    return Error("bad-config", path + ": is no JSON object of plugin ids and their configurations");
  for (const auto& [id, config] : read.get_object()) options.configs[id] = json::serialize(config);
  return {};
}

Result<void> read_messages(const std::string& path, plugin::verify::Options& options) {
  AORTA_TRY(text, read_file(path));
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find('\n', at), text.size());
    if (end > at) options.messages.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return {};
}

Result<plugin::verify::Options> read_options(const Words& words) {
  plugin::verify::Options out;
  out.limit = std::chrono::seconds(words.seconds);
  if (!words.config.empty()) AORTA_CHECK(read_configs(words.config, out));
  if (!words.messages.empty()) AORTA_CHECK(read_messages(words.messages, out));
  return out;
}

Counts count(const Verdict& verdict) {
  Counts out;
  for (const CheckResult& check : verdict.checks) {
    if (!check.findings.empty())
      ++out.failed;
    else if (!check.skipped.empty())
      ++out.skipped;
    else
      ++out.passed;
  }
  return out;
}

std::string_view state_of(const CheckResult& check) {
  if (!check.findings.empty()) return "failed";
  return check.skipped.empty() ? "passed" : "skipped";
}

void show_json(Context& context, const Verdict& verdict, const Counts& counts) {
  json::array checks;
  for (const CheckResult& check : verdict.checks) {
    json::object one{{"check", check.name}, {"state", state_of(check)}};
    if (!check.plugin.empty()) one["plugin"] = check.plugin;
    if (!check.findings.empty()) one["findings"] = json::value_from(check.findings);
    if (!check.skipped.empty()) one["skipped"] = check.skipped;
    checks.push_back(std::move(one));
  }
  json::object out{{"library", verdict.module.library.string()}, {"name", verdict.module.name}};
  out["version"] = verdict.module.version;
  out["checks"] = std::move(checks);
  out["passed"] = counts.passed;
  out["failed"] = counts.failed;
  out["skipped"] = counts.skipped;
  context.out << json::serialize(out) << "\n";
}

std::string heading(const Verdict& verdict) {
  const plugin::ModuleInfo& module = verdict.module;
  std::string abi = std::to_string(module.abi_major) + "." + std::to_string(module.abi_minor);
  std::string host = std::to_string(AORTA_ABI_MAJOR) + "." + std::to_string(AORTA_ABI_MINOR);
  return module.name + " " + module.version + "   ABI " + abi + " (this host " + host + ")   built with " +
         module.built_with;
}

void show_check(Context& context, const CheckResult& check) {
  const observe::Terminal& terminal = context.out_terminal;
  bool failed = !check.findings.empty();
  std::string word = failed                  ? terminal.paint(observe::Style::Red, "FAIL")
                     : check.skipped.empty() ? terminal.paint(observe::Style::Green, "ok") + "  "
                                             : "skip";
  context.out << "  " << word << "  " << check.name << "\n";
  for (const std::string& finding : check.findings) context.out << "          " << observe::printable(finding) << "\n";
  if (!failed && !check.skipped.empty()) context.out << "          " << observe::printable(check.skipped) << "\n";
}

void show_text(Context& context, const Verdict& verdict, const Counts& counts) {
  context.out << observe::printable(heading(verdict)) << "\n";
  std::string plugin;
  for (const CheckResult& check : verdict.checks) {
    if (check.plugin != plugin) context.out << observe::printable(check.plugin) << "\n";
    plugin = check.plugin;
    show_check(context, check);
  }
  context.out << counts.passed << " checks passed, " << counts.failed << " failed";
  if (counts.skipped > 0) context.out << ", " << counts.skipped << " skipped";
  context.out << ".\n";
}

}  // namespace

int run_plugin_verify(Context& context, Arguments arguments) {
  Words words;
  Command command(
      context, "plugin verify",
      "Runs a plugin library through the contract, each check in a process of its own with a time limit, and says what "
      "to change. The library's code is run, with made-up configurations: with paths to a sample file where it asks "
      "for "
      "one."
  );
  command.positional("LIBRARY", words.library, "the library, its manifest beside it: build/lib/aorta/plugins/acme.so");
  command
      .option(
          "--config", words.config, "JSON file: {\"plugin id\": {its configuration, or a template type's entry}, …}"
      )
      .option("--messages", words.messages, "file with a message a line, for template types")
      .option("--limit", words.seconds, "seconds that a check may take");
  command.example("aorta plugin verify build/lib/aorta/plugins/acme.so", "all that can be checked without advice");
  command.exits("0 it keeps the contract, 1 findings, or it is no plugin library, 2 usage, 4 a file cannot be read");
  if (auto code = command.parse(arguments)) return *code;
  auto options = read_options(words);
  if (options.has_error()) return fail(context, options.error());
  auto verdict = plugin::verify::verify(words.library, *options);
  if (verdict.has_error()) return fail(context, verdict.error(), kFindings);
  Counts counts = count(*verdict);
  context.format == Format::Json ? show_json(context, *verdict, counts) : show_text(context, *verdict, counts);
  return counts.failed == 0 ? kOk : kFindings;
}

}  // namespace aorta::cli
