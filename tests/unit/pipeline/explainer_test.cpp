#include "core/pipeline/explainer.hpp"

#include <catch2/catch.hpp>

#include "tests/support/plugin_folder.hpp"

using namespace aorta;
using namespace aorta::test;
using namespace aorta::pipeline;

namespace {

constexpr auto kTemplate =
    R"({"templateType":"JsonPathContent","template":{"typeName":"NAME","typeMatchExpression":"$..[?(@hr)]",)"
    R"("deviceIdExpression":"$.d","timestampExpression":"$.t","patientIdExpression":"$.p",)"
    R"("values":[{"valueName":"hr","valueExpression":"$.hr","required":true}]}})";

std::string template_called(const std::string& name) {
  std::string text = kTemplate;
  return text.replace(text.find("NAME"), 4, name);
}

struct Home {
  explicit Home(const std::string& unmatched = "dead_letter") {
    folder.write(
        "device.json", R"({"templateType":"CollectionContent","template":[)" + template_called("first") + ",\n" +
                           template_called("second") + "]}"
    );
    folder.write(
        "fhir.json",
        R"({"templateType":"CollectionFhir","template":[{"templateType":"CodeValueFhir","template":{"typeName":"first",)"
        R"("periodInterval":0,"codes":[],"value":{"valueType":"Quantity","valueName":"hr"}}}]})"
    );
    std::string in = folder.path().string() + "/";
    std::string file = folder.write(
        "p.yaml",
        "version: 1\nname: p\nstores: { s: { type: sqlite, path: " + in + "s.db, identity: { mode: create } } }\n" +
            "sources: { a: { plugin: file, config: { path: a.ndjson } } }\nnormalize: { mapping: " + in +
            "device.json, unmatched: " + unmatched + " }\nsinks: { o: { plugin: fhir-observation, store: s, " +
            "config: { mapping: " + in + "fhir.json } } }\ndead_letter: { path: " + in + "l.db }\n"
    );
    Diagnostics problems;
    config = config::load_pipeline(file, problems);
    REQUIRE(problems.empty());
    config.sinks[0].config_json = R"({"mapping":")" + in + R"(fhir.json"})";
    config.sinks[0].files.observations.push_back({"sinks.o.config.mapping", in + "fhir.json", {}});
    registry.emplace(std::vector<std::filesystem::path>{std::filesystem::path(AORTA_BINARY_DIR) / "lib/aorta/plugins"});
    auto opened = Explainer::open(config, *registry, log);
    REQUIRE(opened.has_value());
    explainer = std::move(*opened);
  }
  Explanation explain(std::string body) { return explainer->explain({std::move(body), {}, {}}); }

  Folder folder;
  config::PipelineConfig config;
  std::optional<plugin::Registry> registry;
  observe::Log log{{.least = observe::Level::Error}};
  std::unique_ptr<Explainer> explainer;
};

}  // namespace

TEST_CASE("explainer: templates, measurements and what the sinks make of them", "[pipeline]") {
  Home home;
  Explanation told = home.explain(R"({"d":"d1","p":"p1","t":"2026-11-22T06:00:00Z","hr":71})");
  REQUIRE(told.templates.size() == 2);
  CHECK(told.measurements == 2);
  CHECK_FALSE(told.dead_letter);
  REQUIRE(told.sinks.size() == 1);
  REQUIRE(told.sinks[0].observations.size() == 2);
  CHECK_FALSE(told.sinks[0].observations[0].refused);
  CHECK(told.sinks[0].observations[1].refused->reason == "observation/no-fhir-template");
}

TEST_CASE("explainer: where in the message a token stands", "[pipeline]") {
  Home home;
  Explanation told = home.explain("{\"d\":\"d1\",\n \"hr\":71}");
  const document::Node* body = document::member(*told.root, "Body");
  const document::Node* hr = document::member(*body, "hr");
  CHECK(told.document->position(*hr, document::Document::At::Node) == Position{2, 8});
  CHECK(told.document->position(*body, document::Document::At::Node) == Position{1, 1});
}

TEST_CASE("explainer: a failure ends the message; the templates behind it are tried for their own sake", "[pipeline]") {
  Home home;
  Explanation told = home.explain(R"({"d":"d1","p":"p1","t":"soon","hr":71})");
  REQUIRE(told.dead_letter);
  CHECK(told.dead_letter->reason == "normalize/required-value-unusable");
  CHECK(told.templates[0].counts);
  CHECK_FALSE(told.templates[1].counts);
  CHECK(told.templates[1].trace.failure);
  CHECK(told.measurements == 0);
  CHECK(told.sinks[0].observations.empty());
}

TEST_CASE("explainer: of a batch, what was made before the failure stays and is told on", "[pipeline]") {
  Home home;
  Explanation told = home.explain(
      R"([{"d":"d1","p":"p1","t":"2026-11-22T06:00:00Z","hr":71},{"d":"d1","t":"x","hr":1},{"d":"d1","t":"x","hr":2}])"
  );
  CHECK(told.measurements == 1);
  REQUIRE(told.templates[0].trace.measurements.size() == 2);
  CHECK(told.templates[0].trace.measurements[0].made);
  CHECK_FALSE(told.templates[0].trace.measurements[1].made);
  CHECK(told.sinks[0].observations.size() == 1);
  CHECK(told.dead_letter);
}

TEST_CASE("explainer: a message that nothing matches ends as the pipeline says", "[pipeline]") {
  CHECK(Home().explain("{}").dead_letter->reason == "normalize/no-template-matched");
  CHECK_FALSE(Home("filter").explain("{}").filtered.empty());
  CHECK(Home("fail").explain("{}").stopped);
}

TEST_CASE("explainer: a message that is no JSON has no templates", "[pipeline]") {
  Home home;
  Explanation told = home.explain("{");
  CHECK(told.root == nullptr);
  CHECK(told.document == nullptr);
  CHECK(told.templates.empty());
  CHECK(told.dead_letter->reason == "normalize/not-json");
}
