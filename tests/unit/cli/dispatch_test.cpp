#include "core/cli/dispatch.hpp"

#include <catch2/catch.hpp>
#include <sstream>

#include "core/cli/verbs.hpp"

using namespace aorta::cli;

namespace {

struct Ran {
  int code;
  std::string out, err;
};

Ran run(const std::vector<std::string>& words) {
  std::ostringstream out, err;
  Context context{out, err, {}, {}};
  int code = dispatch(context, words);
  return {code, out.str(), err.str()};
}

}  // namespace

TEST_CASE("dispatch: help names every verb, and no words at all are wrong usage", "[cli]") {
  Ran help = run({"--help"});
  CHECK(help.code == kOk);
  for (const Verb& verb : verbs()) CHECK(help.out.find("  " + std::string(verb.name) + " ") != std::string::npos);
  CHECK(help.out.find("Exit codes: 0 ok") != std::string::npos);
  Ran nothing = run({});
  CHECK(nothing.code == kUsage);
  CHECK(nothing.err == help.out);
}

TEST_CASE("dispatch: each verb teaches itself", "[cli]") {
  for (const Verb& verb : verbs()) {
    CAPTURE(verb.name);
    std::vector<std::string> words;
    std::istringstream split{std::string(verb.name)};
    for (std::string word; split >> word;) words.push_back(word);
    words.push_back("--help");
    Ran ran = run(words);
    CHECK(ran.code == kOk);
    CHECK(ran.out.find("Examples:\n  ") != std::string::npos);
    CHECK(ran.out.find("Exit codes: ") != std::string::npos);
    words.pop_back();
    words.insert(words.begin(), "help");
    CHECK(run(words).out == ran.out);
  }
}

TEST_CASE("dispatch: an unknown verb is answered with the nearest", "[cli]") {
  Ran ran = run({"confrom"});
  CHECK(ran.code == kUsage);
  CHECK(ran.out.empty());
  CHECK(ran.err == "error: there is no verb \"confrom\"; did you mean \"conform\"? (aorta --help lists them)\n");
  CHECK(run({"confrom", "--format", "json"}).out.starts_with(R"({"error":{"reason":"usage")"));
}

TEST_CASE("dispatch: the version, for people and for programs", "[cli]") {
  CHECK(run({"--version"}).out.starts_with("aorta "));
  CHECK(run({"--version", "--format", "json"}).out.starts_with(R"({"name":"aorta","version":")"));
}
