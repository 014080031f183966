#include "core/cli/dispatch.hpp"

#include <algorithm>
#include <ostream>

#include "core/base/text.hpp"
#include "core/cli/verbs.hpp"

namespace aorta::cli {
namespace {

constexpr std::string_view kIntroduction =
    "Aorta carries what devices measure to where care happens: device messages in, FHIR R4 Observations out,\n"
    "with the device and FHIR mappings of Azure's MedTech service unchanged.\n\n"
    "Usage: aorta VERB [OPTIONS] [ARGUMENTS]\n";

constexpr std::string_view kClosing =
    "\nOptions of every verb:\n"
    "  --help                  what the verb does, its options, examples\n"
    "  --format text|json      for people, or for programs\n"
    "  --color auto|always|never\n"
    "  --version               (instead of a verb)\n"
    "\nExit codes: 0 ok, 1 findings, 2 usage, 3 the ledger does not balance, 4 the environment\n"
    "\nExamples:\n"
    "  aorta validate pipelines/ward-vitals.yaml     everything that can be known without running\n"
    "  aorta run pipelines/ward-vitals.yaml          from the sources to the store\n"
    "  aorta store query var/ward.db --last 24h      look at the data\n";

bool is_help(std::string_view word) { return word == "--help" || word == "-h" || word == "help"; }

std::string first_word(std::string_view name) { return std::string(name.substr(0, name.find(' '))); }

bool is_group(std::string_view word) {
  auto all = verbs();
  return std::any_of(all.begin(), all.end(), [&](const Verb& v) {
    return v.name.starts_with(std::string(word) + " ");
  });
}

const Verb* find_verb(std::string_view name) {
  auto all = verbs();
  auto found = std::find_if(all.begin(), all.end(), [&](const Verb& v) { return v.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string summaries(std::string_view prefix) {
  std::string out;
  for (const Verb& v : verbs()) {
    if (!v.name.starts_with(prefix)) continue;
    std::string name(v.name);
    name.resize(std::max<std::size_t>(22, name.size() + 2), ' ');
    out += "  " + name + std::string(v.summary) + "\n";
  }
  return out;
}

int show_help(Context& context) {
  context.out << kIntroduction << "\nVerbs:\n" << summaries("") << kClosing;
  return kOk;
}

int show_group(Context& context, const std::string& group) {
  context.out << "Usage: aorta " << group << " VERB [OPTIONS] [ARGUMENTS]\n\nVerbs:\n" << summaries(group + " ");
  context.out << "\naorta " << group << " VERB --help tells more.\n";
  return kOk;
}

int show_version(Context& context) {
  bool json = context.format == Format::Json;
  context.out << (json ? R"({"name":"aorta","version":")" AORTA_VERSION "\"}\n" : "aorta " AORTA_VERSION "\n");
  return kOk;
}

int unknown(Context& context, const std::string& what, const std::vector<std::string>& known) {
  Error error("usage", "there is no verb \"" + what + "\"" + did_you_mean(what, known) + " (aorta --help lists them)");
  return fail(context, error, kUsage);
}

std::vector<std::string> first_words() {
  std::vector<std::string> out;
  for (const Verb& v : verbs()) out.push_back(first_word(v.name));
  return out;
}

std::vector<std::string> names_in(const std::string& group) {
  std::vector<std::string> out;
  for (const Verb& v : verbs()) {
    if (v.name.starts_with(group + " ")) out.emplace_back(v.name.substr(group.size() + 1));
  }
  return out;
}

int run_in_group(Context& context, const std::string& group, Arguments rest) {
  if (rest.empty()) {
    std::string known;
    for (const std::string& name : names_in(group)) known += (known.empty() ? "" : ", ") + name;
    return fail(context, Error("usage", "\"" + group + "\" needs a verb behind it: " + known), kUsage);
  }
  if (is_help(rest[0])) return show_group(context, group);
  if (const Verb* verb = find_verb(group + " " + rest[0])) return verb->run(context, rest.subspan(1));
  std::vector<std::string> known;
  for (const std::string& name : names_in(group)) known.push_back(group + " " + name);
  return unknown(context, group + " " + rest[0], known);
}

int run_verb(Context& context, const std::string& word, Arguments rest) {
  if (is_group(word)) return run_in_group(context, word, rest);
  if (const Verb* verb = find_verb(word)) return verb->run(context, rest);
  return unknown(context, word, first_words());
}

}  // namespace

int dispatch(Context& context, const std::vector<std::string>& words) {
  if (words.empty()) {
    context.err << kIntroduction << "\nVerbs:\n" << summaries("") << kClosing;
    return kUsage;
  }
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "--format=json" || (words[i] == "json" && words[i - 1] == "--format"))
      context.format = Format::Json;
  }
  Arguments rest = Arguments(words).subspan(1);
  if (words[0] == "--version" || words[0] == "-V") return show_version(context);
  if (!is_help(words[0])) return run_verb(context, words[0], rest);
  if (rest.empty() || rest[0].starts_with("-")) return show_help(context);
  std::vector<std::string> turned(rest.begin(), rest.end());
  turned.emplace_back("--help");
  return dispatch(context, turned);
}

}  // namespace aorta::cli
