#include "core/config/pipeline_config.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>

#include "core/config/pipeline_schema.hpp"
#include "core/config/schema.hpp"

using namespace aorta;
using namespace aorta::config;
namespace fs = std::filesystem;

namespace {

const std::string kGood = R"(version: 1
name: ward
stores:
  local: { type: sqlite, path: var/ward.db, identity: { mode: lookup } }
sources:
  bedside: { plugin: file, config: { path: data/vitals.ndjson } }
normalize:
  mapping: mappings/vitals.device.json
  unmatched: filter
group: { max_delay: 60s }
sinks:
  observations: { plugin: fhir-observation, store: local }
dead_letter: { keep: 30d }
tests:
  - name: one
    input: { body: { n: 1.50, s: [null] }, properties: { p: x } }
    expect: { measurements: [], fhir: [{ a: 1 }] }
)";

struct Loaded {
  PipelineConfig config;
  Diagnostics problems;
  std::string folder;
};

Loaded load(const std::string& text) {
  Loaded out;
  fs::path folder = fs::path(AORTA_BINARY_DIR) / ("pipeline_config_test." + std::to_string(getpid()));
  fs::create_directories(folder);
  std::ofstream(folder / "p.yaml") << text;
  out.config = load_pipeline(folder / "p.yaml", out.problems);
  out.folder = folder.string();
  fs::remove_all(folder);
  return out;
}

std::string with(std::string text, const std::string& from, const std::string& to) {
  std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string only_problem(const std::string& text) {
  Loaded loaded = load(text);
  REQUIRE(loaded.problems.size() == 1);
  const Diagnostic& d = loaded.problems[0];
  return std::to_string(d.position.line) + ":" + std::to_string(d.position.column) + " " + d.message +
         (d.note.empty() ? "" : " | ") + d.note;
}

class Catalog : public PluginCatalog {
 public:
  Result<std::string> schema(PluginKind kind, std::string_view id) const override {
    if (kind == PluginKind::Source && id == "file") {
      return std::string(
          R"({"type":"object","required":["path"],"properties":{"path":{"x-aorta-format":"path"},"follow":{"type":"boolean","default":false}}})"
      );
    }
    if (kind == PluginKind::Sink && id == "fhir-observation")
      return std::string(R"({"type":"object","properties":{}})");
    return Error("plugin-not-found", "there is no plugin \"" + std::string(id) + "\"");
  }
};

}  // namespace

TEST_CASE("pipeline config: a file fills the types, what is left out has its default", "[config]") {
  Loaded loaded = load(kGood);
  REQUIRE(loaded.problems.empty());
  const PipelineConfig& c = loaded.config;
  CHECK(c.name == "ward");
  REQUIRE(c.store("local"));
  CHECK(c.store("local")->path == loaded.folder + "/var/ward.db");
  CHECK(c.store("local")->identity.mode == IdentityMode::Lookup);
  CHECK(c.normalize.mapping == loaded.folder + "/mappings/vitals.device.json");
  CHECK(c.normalize.unmatched == Unmatched::Filter);
  CHECK(c.normalize.from == std::vector<std::string>{"bedside"});
  CHECK(c.group.max_measurements == 300);
  CHECK(c.group.max_delay == std::chrono::seconds(60));
  CHECK(c.dead_letter.path == loaded.folder + "/var/dead-letters.db");
  CHECK(c.dead_letter.keep == std::chrono::hours(30 * 24));
  CHECK(c.limits.max_in_flight_records == 10'000);
  CHECK(c.limits.max_in_flight_bytes == 67'108'864);
  CHECK(c.limits.max_record_bytes == 16'777'216);
  CHECK(c.fingerprint.size() == 16);
  REQUIRE(c.tests.size() == 1);
  CHECK(c.tests[0].inputs[0].source == "bedside");
  CHECK(c.tests[0].inputs[0].body == R"({"n":1.50,"s":[null]})");
  CHECK(c.tests[0].inputs[0].properties == R"({"p":"x"})");
  CHECK(c.tests[0].measurements->items.empty());
  CHECK(c.tests[0].fhir->items.size() == 1);
  CHECK_FALSE(c.tests[0].dead_letter);
}

TEST_CASE("pipeline config: identity is the old service's unless it is told otherwise", "[config]") {
  const IdentityConfig plain = load(kGood).config.store("local")->identity;
  CHECK(plain.max_entries == 5000);
  CHECK(plain.max_idle == std::chrono::hours(2));
  CHECK_FALSE(plain.max_age);
  CHECK(plain.negative_age.count() == 0);
  CHECK_FALSE(plain.by_names);
  CHECK_FALSE(plain.conditional_creates);
  Loaded told = load(with(
      kGood, "identity: { mode: lookup }",
      "identity: { systems: { device: d, patient: p, encounter: e }, cache: { by: names, max_entries: 7, max_idle: 1m, "
      "max_age: 10m, "
      "negative_age: 30s } }"
  ));
  REQUIRE(told.problems.empty());
  const IdentityConfig identity = told.config.store("local")->identity;
  CHECK(identity.device_system + identity.patient_system + identity.encounter_system == "dpe");
  CHECK(identity.by_names);
  CHECK(identity.max_entries == 7);
  CHECK(identity.max_idle == std::chrono::minutes(1));
  CHECK(identity.max_age == std::chrono::minutes(10));
  CHECK(identity.negative_age == std::chrono::seconds(30));
}

TEST_CASE("pipeline config: what of identity does not fit together is told", "[config]") {
  auto problem = [](const std::string& store) {
    return only_problem(with(kGood, "{ type: sqlite, path: var/ward.db, identity: { mode: lookup } }", store));
  };
  CHECK(
      problem("{ type: sqlite, path: x, identity: { systems: { device: a }, default_device_system: b } }")
          .find("default_device_system: is the same as systems.device; write one of them") != std::string::npos
  );
  CHECK(
      problem("{ type: sqlite, path: x, identity: { creates: conditional } }")
          .find("creates: is for stores of type rest") != std::string::npos
  );
  CHECK(
      problem("{ type: rest, url: http://localhost, identity: { mode: lookup, creates: conditional } }")
          .find("creates: is for identity.mode create") != std::string::npos
  );
  CHECK(
      problem("{ type: rest, url: http://localhost, find_by: id, identity: { creates: conditional } }")
          .find("creates: is not to be conditional with find_by: id") != std::string::npos
  );
}

TEST_CASE("pipeline config: plugins check their own part", "[config]") {
  Loaded loaded = load(kGood);
  resolve_plugins(loaded.config, Catalog(), loaded.problems);
  CHECK(loaded.problems.empty());
  CHECK(
      loaded.config.sources[0].config_json == R"({"path":")" + loaded.folder + R"(/data/vitals.ndjson","follow":false})"
  );
  CHECK(loaded.config.sinks[0].config_json == "{}");

  Loaded wrong = load(with(with(kGood, "path: data", "pth: data"), "plugin: fhir-observation", "plugin: fhir"));
  resolve_plugins(wrong.config, Catalog(), wrong.problems);
  REQUIRE(wrong.problems.size() == 3);
  CHECK(wrong.problems[0].message == "sources.bedside.config.path: is missing");
  CHECK(wrong.problems[1].message == "sources.bedside.config.pth: unknown key; did you mean \"path\"?");
  CHECK(wrong.problems[1].position == Position{6, 38});
  CHECK(wrong.problems[2].message == "sinks.observations.plugin: there is no plugin \"fhir\"");
  CHECK(wrong.problems[2].position == Position{12, 27});
}

TEST_CASE("pipeline config: what refers to nothing is told, with what there is", "[config]") {
  CHECK(
      only_problem(with(kGood, "store: local", "store: lcal")) ==
      "12:52 sinks.observations.store: there is no store \"lcal\"; did you mean \"local\"? | stores: local"
  );
  CHECK(
      only_problem(with(kGood, "  unmatched: filter", "  unmatched: filter\n  from: [x]")) ==
      "10:10 normalize.from[0]: there is no source \"x\" | sources: bedside"
  );
  std::string two = with(kGood, "normalize:", "  other: { plugin: file, config: { path: x } }\nnormalize:");
  two = with(two, "input: { body", "input: { source: other, body");
  CHECK(
      only_problem(with(two, "  unmatched: filter", "  unmatched: filter\n  from: [bedside]")) ==
      "11:9 normalize.from: leaves out \"other\", which nothing else reads; add it, or remove the source"
  );
  CHECK(
      only_problem(with(kGood, "input: { body", "input: { source: bedsid, body")) ==
      "16:22 tests[0].input.source: there is no source \"bedsid\"; did you mean \"bedside\"? | sources: bedside"
  );
}

TEST_CASE("pipeline config: what must be chosen must be chosen", "[config]") {
  CHECK(
      only_problem(with(kGood, "  unmatched: filter\n", ""))
          .find("normalize.unmatched: is missing | write dead_letter, filter or fail") != std::string::npos
  );
  CHECK(
      only_problem(with(kGood, "  mapping: mappings/vitals.device.json\n", "")).find("has no templates") !=
      std::string::npos
  );
  CHECK(
      only_problem(with(kGood, "version: 1", "version: 2")).find("version: expected one of 1, got 2") !=
      std::string::npos
  );
  CHECK(
      only_problem(with(kGood, "  bedside: { plugin: file, config: { path: data/vitals.ndjson } }", "  {}"))
          .find("sources: names none") != std::string::npos
  );
  CHECK(only_problem(with(kGood, "  bedside:", "  bed side:")).find("\"bed side\" is no name") != std::string::npos);
  CHECK(only_problem(with(kGood, "type: sqlite", "type: sqlit")).find("did you mean \"sqlite\"?") != std::string::npos);
  CHECK(
      only_problem(with(kGood, "{ body: { n: 1.50, s: [null] }, ", "{ body: 1, body_text: x, "))
          .find("either body or body_text") != std::string::npos
  );
}

TEST_CASE("pipeline config: all faults at once", "[config]") {
  CHECK(
      load("version: 1\nnam: x\nsinks: 5\nnormalize: { unmatched: drop }\ngroup: { max_delay: 5 }\n").problems.size() ==
      6
  );
  CHECK(load("- just\n- a list\n").problems[0].message == "expected a map, got a list");
  CHECK(load("").problems[0].message == "the file is empty");
  Diagnostics problems;
  load_pipeline("/nowhere/p.yaml", problems);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].message == "there is no such file");
  CHECK(problems[0].file == "/nowhere/p.yaml");
}

TEST_CASE("pipeline config: inline templates become a mapping whose lines are the file's", "[config]") {
  std::string text = with(
      kGood, "  mapping: mappings/vitals.device.json\n",
      "  templates:\n    - templateType: JsonPathContent\n      template:\n        typeName: hr\n"
  );
  Loaded loaded = load(text);
  REQUIRE(loaded.problems.empty());
  const std::string& json = loaded.config.normalize.inline_mapping;
  CHECK(json.starts_with(R"({"templateType":"CollectionContent","template":)"));
  std::size_t at = json.find("\"typeName\"");
  REQUIRE(at != std::string::npos);
  CHECK(std::count(json.begin(), json.begin() + static_cast<std::ptrdiff_t>(at), '\n') == 10);
  CHECK(at - json.rfind('\n', at) == 9);
}

TEST_CASE("pipeline config: numbers beyond all ranges are an error, not a crash", "[config]") {
  CHECK(load(with(kGood, "n: 1.50", "n: 1e99999999999")).problems.size() == 1);
}

TEST_CASE("pipeline config: the schema of pipeline files is one", "[config]") {
  CHECK(Schema::parse(pipeline_schema()).has_value());
}
