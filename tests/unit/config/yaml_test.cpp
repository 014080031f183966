#include "core/config/yaml.hpp"

#include <catch2/catch.hpp>
#include <chrono>

using namespace aorta;
using namespace aorta::config;

namespace {

struct Read {
  std::optional<Value> value;
  Diagnostics problems;
};

Read read(const std::string& text) {
  Read out;
  out.value = parse_yaml("f.yaml", text, out.problems);
  return out;
}

std::string only_problem(const std::string& text) {
  Read out = read(text);
  REQUIRE(out.problems.size() == 1);
  const Diagnostic& d = out.problems[0];
  return std::to_string(d.position.line) + ":" + std::to_string(d.position.column) + " " + d.message;
}

std::string repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("yaml: values and keys know where they stand", "[config]") {
  Value root = *read("# head\nname: ward\nsinks:\n  fhir: { store: \"local\" }\n").value;
  CHECK(root.find("name")->position == Position{2, 7});
  CHECK(root.find("name")->width == 4);
  const Value::Member* fhir = root.find("sinks")->find_member("fhir");
  CHECK(fhir->position == Position{4, 3});
  CHECK(fhir->value.find("store")->position == Position{4, 18});
  CHECK(fhir->value.find("store")->width == 7);
  CHECK(fhir->value.find("store")->text == "local");
}

TEST_CASE("yaml: quoted and block scalars are text, whatever they look like", "[config]") {
  Value root = *read("a: '010'\nb: \"true\"\nc: |\n  12\nd: !!str 5\ne: 010x\n").value;
  for (const Value::Member& member : root.members) CHECK(member.value.is(Value::Kind::String));
}

TEST_CASE("yaml: the three traps are closed", "[config]") {
  CHECK(only_problem("a: 1\nb: 2\na: 3\n") == "3:1 the key \"a\" stands here and in line 1; keep one of them");
  CHECK(only_problem("x: 010\n") == "1:4 readers disagree about 010; write 10 or \"010\"");
  CHECK(
      only_problem("a: &a {x: 1}\nb:\n  <<: *a\n") ==
      "3:3 merge keys (<<) are not supported; write the keys out, or alias a whole value with *name"
  );
  CHECK(read("'<<': 1\n").problems.empty());
}

TEST_CASE("yaml: faults are collected, not only the first", "[config]") {
  CHECK(read("a: 01\nb: 02\na: 3\nc: {d: 1, d: 2}\n").problems.size() == 4);
}

TEST_CASE("yaml: aliases are allowed and bounded", "[config]") {
  Value root = *read("a: &a {x: 1}\nb: *a\nc: [*a, *a]\n").value;
  CHECK(to_json(root) == R"({"a":{"x":1},"b":{"x":1},"c":[{"x":1},{"x":1}]})");
  std::string laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int i = 1; i < 10; ++i) {
    std::string from = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + repeated(from + ", ", 9) + from + "]\n";
  }
  CHECK(only_problem(laughs).find("too many values once its aliases are written out") != std::string::npos);
  CHECK(only_problem("a: &a [*a]\n").find("inside its own anchor") != std::string::npos);
  CHECK(only_problem("a: *b\n").find("not defined above") != std::string::npos);
}

TEST_CASE("yaml: hostile texts end in an error, soon", "[config]") {
  CHECK(only_problem(repeated("[", 100'000)).find("nested more than 64 deep") != std::string::npos);
  CHECK(only_problem(repeated("[", 100)).find("nested more than 64 deep") != std::string::npos);
  CHECK(only_problem(repeated("- ", 100'000)).find("nested more than 64 deep") != std::string::npos);
  CHECK(only_problem(repeated("a: {", 50'000)).find("nested more than 64 deep") != std::string::npos);
  CHECK(read(repeated("a: 1\n", 1000)).problems.size() == kMaxYamlFaults + 1);
}

TEST_CASE("yaml: what is no YAML is told with its place", "[config]") {
  CHECK(only_problem("a: [1, 2\nb: 3\n").substr(0, 2) == "2:");
  CHECK(only_problem("a:\n\t- x\n").size() > 4);
  CHECK(only_problem("") == "0:0 the file is empty");
  CHECK(only_problem("# only words\n") == "0:0 the file is empty");
  CHECK(only_problem("a: 1\n---\nb: 2\n") == "0:0 the file holds more than one document; keep one per file");
  CHECK(only_problem("a: \"x\n").size() > 4);
  CHECK(only_problem("a: b\nc: \x01\n").substr(0, 4) == "2:4 ");
  CHECK(only_problem("a: \xFF\n").substr(0, 4) == "1:4 ");
  CHECK(only_problem("[a]: 1\n").find("a key must be a word") != std::string::npos);
  CHECK(only_problem("a: !secret x\n").find("the tag !secret is not supported") != std::string::npos);
}
