#include "core/config/substitute.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

using namespace aorta;
using namespace aorta::config;
namespace fs = std::filesystem;

namespace {

std::optional<std::string> variable(const std::string& name) {
  if (name == "USER_NAME") return "ann";
  if (name == "EMPTY") return "";
  if (name == "YAML") return "a: 1\nb: [2]";
  if (name == "BELL") return "\a";
  if (name == "DOLLAR") return "${env:USER_NAME}";
  return std::nullopt;
}

struct Done {
  Value root;
  Diagnostics problems;
  const Value& at(std::string_view key) const { return *root.find(key); }
};

Done substituted(const std::string& text, const std::string& path = "f.yaml") {
  Done done;
  YamlFile file{path, text, *parse_yaml(path, text, done.problems)};
  substitute(file, variable, done.problems);
  done.root = file.root;
  return done;
}

std::string problem(const std::string& text) {
  Done done = substituted(text);
  REQUIRE(done.problems.size() == 1);
  return done.problems[0].message;
}

}  // namespace

TEST_CASE("substitute: variables, defaults and escapes", "[config]") {
  Done done = substituted(
      "a: hello ${env:USER_NAME}!\nb: ${env:NONE:-x:-y}\nc: ${env:EMPTY:-z}\nd: '${env:EMPTY}'\ne: $${env:NONE}\nf: "
      "plain $5\ng: ${env:NONE:-}\n"
  );
  REQUIRE(done.problems.empty());
  CHECK(done.at("a").text == "hello ann!");
  CHECK(done.at("b").text == "x:-y");
  CHECK(done.at("c").text == "z");
  CHECK(done.at("d").text.empty());
  CHECK(done.at("e").text == "${env:NONE}");
  CHECK(done.at("f").text == "plain $5");
  CHECK(done.at("g").text.empty());
  CHECK(done.at("a").from_reference);
  CHECK_FALSE(done.at("e").from_reference);
  CHECK_FALSE(done.at("f").from_reference);
}

TEST_CASE("substitute: what a variable holds stays text, and is not read again", "[config]") {
  Done done = substituted("a: ${env:YAML}\nb: ${env:DOLLAR}\n${env:USER_NAME}: key\n# ${env:NONE}\n");
  REQUIRE(done.problems.empty());
  CHECK(done.at("a").text == "a: 1\nb: [2]");
  CHECK(done.at("b").text == "${env:USER_NAME}");
  CHECK(done.root.find("${env:USER_NAME}") != nullptr);
}

TEST_CASE("substitute: what cannot be resolved names the key and the way out", "[config]") {
  CHECK(
      problem("a: { b: [x, '${env:NONE}'] }") ==
      "a.b[1]: the environment variable NONE is not set; set it, or give a default as ${env:NONE:-default}"
  );
  CHECK(problem("a: ${env:NONE") == "a: the reference ${ has no closing }; write $${ for a literal ${");
  CHECK(problem("a: ${secret:x}").find("is no reference") != std::string::npos);
  CHECK(problem("a: ${env:}") == "a: ${env:} names no variable");
  CHECK(problem("a: ${env:BELL}").find("control characters") != std::string::npos);
  CHECK(
      problem("a: ${file:/nowhere/at/all}").find("the file /nowhere/at/all: there is no such file") != std::string::npos
  );
}

TEST_CASE("substitute: a file's content without its last line end, from the folder of the pipeline", "[config]") {
  fs::path folder = fs::path(AORTA_BINARY_DIR) / ("substitute_test." + std::to_string(getpid()));
  fs::create_directories(folder);
  std::ofstream(folder / "token") << "s3cret\n\n";
  Done relative = substituted("a: ${file:token}", folder / "p.yaml");
  Done absolute = substituted("a: ${file:" + (folder / "token").string() + "}");
  fs::remove_all(folder);
  CHECK(relative.at("a").text == "s3cret\n");
  CHECK(relative.at("a").from_reference);
  CHECK(absolute.at("a").text == "s3cret\n");
}
