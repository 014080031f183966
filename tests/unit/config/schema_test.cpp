#include "core/config/schema.hpp"

#include <catch2/catch.hpp>

#include "core/config/yaml.hpp"
#include "tests/support/plugin_folder.hpp"

using namespace aorta;
using namespace aorta::config;

namespace {

constexpr const char* kSchema = R"json({
  "type": "object",
  "required": ["path"],
  "additionalProperties": false,
  "properties": {
    "path": { "type": "string", "x-aorta-format": "path", "description": "File to read" },
    "follow": { "type": "boolean", "default": false },
    "retries": { "type": "integer", "minimum": 0, "maximum": 10, "default": 3 },
    "ratio": { "type": "number" },
    "mode": { "type": "string", "enum": ["fast", "slow"] },
    "wait": { "type": "string", "x-aorta-format": "duration", "default": "5s", "minimum": 100, "examples": ["1s"] },
    "buffer": { "type": "string", "x-aorta-format": "bytes", "maximum": 1048576 },
    "password": { "type": "string", "x-aorta-format": "secret" },
    "tags": { "type": "array", "items": { "type": "string" }, "minItems": 1 },
    "headers": { "type": "object", "additionalProperties": { "type": "string" } },
    "any": {}
  }
})json";

struct Checked {
  std::string json;
  std::vector<std::string> problems;
};

Checked check(const std::string& yaml, const char* schema = kSchema, bool from_reference = false) {
  Diagnostics problems;
  Value value = *parse_yaml("p.yaml", yaml, problems);
  for (Value::Member& member : value.members)
    member.value.from_reference = from_reference && member.value.is(Value::Kind::String);
  Checked out;
  out.json = Schema::parse(schema)->canonical(value, {"p.yaml", "sources.in.config", "pipelines"}, problems);
  for (const Diagnostic& d : problems) {
    out.problems.push_back(
        std::to_string(d.position.line) + ":" + std::to_string(d.position.column) + " " + d.message +
        (d.note.empty() ? "" : " | ") + d.note
    );
  }
  return out;
}

std::string only_problem(const std::string& yaml) {
  Checked checked = check(yaml);
  REQUIRE(checked.problems.size() == 1);
  return checked.problems[0];
}

}  // namespace

TEST_CASE("schema: canonical JSON has the schema's order, defaults and units", "[config]") {
  Checked checked = check(
      "wait: 2m\nbuffer: 64KiB\npath: data/x.ndjson\ntags: [b, a]\nheaders: {z: '1', a: '2'}\nany: {k: [1.50, null]}\n"
  );
  CHECK(checked.problems.empty());
  CHECK(
      checked.json ==
      R"({"path":"pipelines/data/x.ndjson","follow":false,"retries":3,"wait":120000,"buffer":65536,"tags":["b","a"],)"
      R"("headers":{"z":"1","a":"2"},"any":{"k":[1.50,null]}})"
  );
}

TEST_CASE("schema: a size without a unit is bytes", "[config]") {
  CHECK(check("path: x\nbuffer: 20\n").json.find("\"buffer\":20") != std::string::npos);
  CHECK(check("path: x\nbuffer: '20'\n").json.find("\"buffer\":20") != std::string::npos);
  CHECK(
      only_problem("path: x\nbuffer: 20.5\n") == "2:9 sources.in.config.buffer: expected a size such as 64MiB, got 20.5"
  );
  CHECK(only_problem("path: x\nbuffer: -1\n").find("expected a size such as 64MiB, got -1") != std::string::npos);
  CHECK(only_problem("path: x\nbuffer: 1048577\n").find("is too large; the most is 1MiB") != std::string::npos);
}

TEST_CASE("schema: paths count from the pipeline's folder, but absolute ones and the standard streams", "[config]") {
  CHECK(check("path: /abs/./x").json.find("\"path\":\"/abs/x\"") != std::string::npos);
  CHECK(check("path: '-'").json.find("\"path\":\"-\"") != std::string::npos);
  CHECK(check("path: ../x").json.find("\"path\":\"x\"") != std::string::npos);
  CHECK(only_problem("path: ''") == "1:7 sources.in.config.path: expected a path, got an empty string");
}

TEST_CASE("schema: an unknown key is answered with the nearest, or with all", "[config]") {
  CHECK(
      only_problem("path: x\nretires: 3\n") == "2:1 sources.in.config.retires: unknown key; did you mean \"retries\"?"
  );
  CHECK(
      only_problem("path: x\nzzz: 3\n").find("unknown key | known: path, follow, retries, ratio") != std::string::npos
  );
  CHECK(
      check("a: 1", R"({"type":"object"})").problems[0] ==
      "1:1 sources.in.config.a: unknown key | nothing can be set here"
  );
}

TEST_CASE("schema: every fault is told, each with what was expected", "[config]") {
  Checked checked = check("follow: no\nretries: 11\nratio: x\nmode: fats\nwait: 5\nbuffer: 2MiB\ntags: []\n");
  CHECK(
      checked.problems ==
      std::vector<std::string>{
          "1:1 sources.in.config.path: is missing | File to read",
          "1:9 sources.in.config.follow: expected true or false, got \"no\"",
          "2:10 sources.in.config.retries: 11 is too large; the most is 10",
          "3:8 sources.in.config.ratio: expected a number, got \"x\"",
          "4:7 sources.in.config.mode: expected one of fast, slow, got \"fats\"; did you mean \"fast\"?",
          "5:7 sources.in.config.wait: expected a duration such as 5s or 30d, got 5",
          "6:9 sources.in.config.buffer: \"2MiB\" is too large; the most is 1MiB",
          "7:7 sources.in.config.tags: needs at least 1",
      }
  );
  CHECK(only_problem("path: x\nretries: 1.5\n") == "2:10 sources.in.config.retries: expected an integer, got 1.5");
  CHECK(only_problem("path: x\nretries: 99999999999999999999\n").find("expected an integer") != std::string::npos);
  CHECK(only_problem("path: x\nwait: 50ms\n").find("\"50ms\" is too small; the least is 100ms") != std::string::npos);
  CHECK(
      only_problem("path: x\nheaders: {a: [b]}\n") == "2:14 sources.in.config.headers.a: expected a string, got a list"
  );
  CHECK(only_problem("path: x\ntags: [a, 2]\n") == "2:11 sources.in.config.tags[1]: expected a string, got 2");
  CHECK(only_problem("[path]").find("sources.in.config: expected a map, got a list") != std::string::npos);
  CHECK(only_problem("path: x\nmode:\n").find("expected a string, got nothing") != std::string::npos);
}

TEST_CASE("schema: a literal secret is an error, and no error shows one", "[config]") {
  CHECK(
      only_problem("path: x\npassword: hunter2\n") ==
      "2:11 sources.in.config.password: is a secret and must not stand in the file; write ${env:NAME} or ${file:/path} "
      "instead"
  );
  CHECK(
      check("path: x\npassword: hunter2\n", kSchema, true).json.find("\"password\":\"hunter2\"") != std::string::npos
  );
  for (const char* yaml :
       {"path: x\nmode: hunter2", "path: x\nratio: hunter2", "path: x\nwait: hunter2", "path: x\nbuffer: hunter2"}) {
    Checked checked = check(yaml, kSchema, true);
    REQUIRE(checked.problems.size() == 1);
    CHECK(checked.problems[0].find("hunter2") == std::string::npos);
  }
}

TEST_CASE("schema: what comes from a variable may be a number or a boolean", "[config]") {
  Checked checked = check("path: x\nretries: '7'\nfollow: 'true'\n", kSchema, true);
  CHECK(checked.problems.empty());
  CHECK(checked.json == R"({"path":"pipelines/x","follow":true,"retries":7,"wait":5000})");
  CHECK(check("path: x\nretries: '7'\n").problems.size() == 1);
}

TEST_CASE("schema: a schema that cannot be used says why", "[config]") {
  for (const char* bad :
       {"", "{", "[]", R"({"type":"strin"})", R"({"properties":{"a":{"oneOf":[]}}})", R"({"x-aorta-format":"date"})",
        R"({"minimum":"1"})", R"({"properties":[]})"}) {
    CAPTURE(bad);
    CHECK(Schema::parse(bad).error().reason() == "bad-schema");
  }
  CHECK(
      Schema::parse(R"({"properties":{"a":{"oneOf":[]}}})").error().message().find("/properties/a/oneOf") !=
      std::string_view::npos
  );
}

TEST_CASE("schema: a mapping file stands for what it says, and its faults have their own places", "[config]") {
  constexpr const char* kWithMapping = R"json({"type":"object","additionalProperties":false,"properties":{
    "mapping":{"type":"string","x-aorta-format":"mapping","x-aorta-content":{"type":"object","additionalProperties":false,
      "required":["name"],"properties":{"name":{"type":"string"},"every":{"type":"string","x-aorta-format":"duration"},
      "low":{"type":"number"}}}}}})json";
  test::Folder folder;
  folder.write("good.json", "\xEF\xBB\xBF{\n  \"name\": \"a\", \"every\": \"2s\",\n  \"low\": 1.50\n}");
  folder.write("bad.json", "{\n  \"name\": 3,\n  \"hi\": 1\n}");
  auto check_in = [&](const std::string& yaml, ConfigFiles& files, Diagnostics& problems) {
    Value value = *parse_yaml("p.yaml", yaml, problems);
    return Schema::parse(kWithMapping)
        ->canonical(value, {"p.yaml", "config", folder.path().string(), &files}, problems);
  };
  ConfigFiles files;
  Diagnostics none;
  CHECK(check_in("mapping: good.json", files, none) == R"({"mapping":{"name":"a","every":2000,"low":1.50}})");
  CHECK(none.empty());
  CHECK(files.mappings == std::vector<std::string>{folder.path() / "good.json"});

  Diagnostics bad;
  check_in("mapping: bad.json", files, bad);
  REQUIRE(bad.size() == 2);
  CHECK(bad[0].file == folder.path() / "bad.json");
  CHECK(bad[0].position == Position{2, 11});
  CHECK(bad[0].message == "name: expected a string, got 3");
  CHECK(bad[1].message == "hi: unknown key");

  Diagnostics missing;
  check_in("mapping: nothing.json", files, missing);
  REQUIRE(missing.size() == 1);
  CHECK(missing[0].file == "p.yaml");
  CHECK(missing[0].position.line == 1);
}

TEST_CASE("schema: the files that a plugin reads are known, and have to be there", "[config]") {
  constexpr const char* kReading = R"json({"type":"object","properties":{
    "table":{"type":"string","x-aorta-format":"path","x-aorta-reads":"settings"},
    "tables":{"type":"array","items":{"type":"string","x-aorta-format":"path","x-aorta-reads":"settings"}},
    "fhir":{"type":"string","x-aorta-format":"path","x-aorta-reads":"observations"},
    "from":{"type":"string","x-aorta-format":"path","x-aorta-reads":"messages"},
    "later":{"type":"string","x-aorta-format":"path","x-aorta-reads":"of a host to come"}}})json";
  test::Folder folder;
  folder.write("a.csv", "");
  folder.write("f.json", "");
  auto check_in = [&](const std::string& yaml, ConfigFiles* files, Diagnostics& problems) {
    Value value = *parse_yaml("p.yaml", yaml, problems);
    Place place{"p.yaml", "sinks.x.config", folder.path().string(), files};
    (void)Schema::parse(kReading)->canonical(value, place, problems);
  };
  ConfigFiles files;
  Diagnostics none;
  check_in("from: '-'\ntable: a.csv\nfhir: f.json\nlater: not/there\ntables: [a.csv]", &files, none);
  CHECK(none.empty());
  std::string table = folder.path() / "a.csv", fhir = folder.path() / "f.json";
  CHECK(files.read == std::vector<std::string>{table, table, fhir});
  REQUIRE(files.observations.size() == 1);
  CHECK(files.observations[0].member == "sinks.x.config.fhir");
  CHECK(files.observations[0].file == fhir);
  CHECK(files.observations[0].position == Position{3, 7});
  CHECK(files.standard_input);

  ConfigFiles others;
  Diagnostics bad;
  check_in("from: not/there\ntable: b.csv\nfhir: .", &others, bad);
  REQUIRE(bad.size() == 2);
  CHECK(bad[0].position == Position{2, 8});
  CHECK(bad[0].message == "sinks.x.config.table: " + (folder.path() / "b.csv").string() + ": there is no such file");
  CHECK(bad[1].message.find("it is a folder") != std::string::npos);
  CHECK(others.read.empty());
  CHECK_FALSE(others.standard_input);

  Diagnostics unlooked;
  check_in("table: b.csv", nullptr, unlooked);
  CHECK(unlooked.empty());
}

TEST_CASE("schema: what a host can do without is passed over, a format it does not know is not", "[config]") {
  auto with = [](const std::string& words) {
    return Schema::parse(R"({"type":"object","properties":{"a":{"type":"string",)" + words + "}}}");
  };
  CHECK(with(R"("x-aorta-of-the-future":{"any":["thing"]})").has_value());
  CHECK(with(R"("x-acme-note":1)").has_value());
  CHECK(with(R"("x-aorta-reads":"tea-leaves")").has_value());
  CHECK(with(R"("x-aorta-reads":["settings"])").has_value());
  auto refused = with(R"("x-aorta-format":"of-the-future")");
  REQUIRE(refused.has_error());
  CHECK(refused.error().message().find("a format that this host does not know") != std::string_view::npos);
}

TEST_CASE("schema: a default that is an empty path is none, a path that is written is not empty", "[config]") {
  const char* schema = R"({"type":"object","properties":{
    "log":{"type":"string","x-aorta-format":"path","default":""}}})";
  CHECK(check("{}", schema).json == R"({"log":""})");
  CHECK(check("{}", schema).problems.empty());
  CHECK(check("log: ''", schema).problems.size() == 1);
}
