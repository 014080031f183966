#include "core/cli/command.hpp"

#include <catch2/catch.hpp>
#include <sstream>

using namespace aorta::cli;

namespace {

struct Taken {
  std::optional<int> code;
  std::vector<std::string> files, reasons;
  std::uint64_t limit = 20;
  bool once = false;
  std::string out, err;
  Format format;
};

Taken take(const std::vector<std::string>& words) {
  Taken taken;
  std::ostringstream out, err;
  Context context{out, err, {}, {}};
  Command command(context, "try", "Tries.");
  command.positionals("FILE", taken.files, "what to read").option("--reason", taken.reasons, "only these");
  command.option("--limit", taken.limit, "at most")
      .flag("--once", taken.once, "stop")
      .example("aorta try x", "tries x");
  taken.code = command.parse(words);
  taken.out = out.str();
  taken.err = err.str();
  taken.format = context.format;
  return taken;
}

}  // namespace

TEST_CASE("command: options and arguments arrive in their variables", "[cli]") {
  Taken taken = take({"a", "--limit", "5", "--reason", "x", "b", "--once", "--format=json", "--reason=y"});
  CHECK_FALSE(taken.code);
  CHECK(taken.files == std::vector<std::string>{"a", "b"});
  CHECK(taken.reasons == std::vector<std::string>{"x", "y"});
  CHECK(taken.limit == 5);
  CHECK(taken.once);
  CHECK(taken.format == Format::Json);
}

TEST_CASE("command: what makes no sense is refused in a sentence", "[cli]") {
  Taken unknown = take({"a", "--limt", "5"});
  CHECK(unknown.code == kUsage);
  CHECK(unknown.err == "error: there is no option --limt; did you mean \"--limit\"? (aorta try --help tells more)\n");
  CHECK(take({}).code == kUsage);
  CHECK(take({"a", "--limit", "many"}).code == kUsage);
  CHECK(take({"a", "--limit"}).code == kUsage);
  CHECK(take({"a", "--limit", "-1"}).code == kUsage);
  CHECK(take({"a", "--format", "xml"}).code == kUsage);
}

TEST_CASE("command: help shows the examples and needs no arguments", "[cli]") {
  Taken help = take({"--help"});
  CHECK(help.code == kOk);
  CHECK(help.out.find("aorta try x") != std::string::npos);
  CHECK(help.out.find("--reason") != std::string::npos);
}
