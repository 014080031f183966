#include "core/pipeline/observation_preview.hpp"

#include <catch2/catch.hpp>

using namespace aorta;
using namespace aorta::pipeline;

namespace {

constexpr std::string_view kFile = R"({"templateType":"CollectionFhir","template":[
{"templateType":"CodeValueFhir","template":{"typeName":"hr","periodInterval":60,"codes":[{"code":"8867-4"}],
"value":{"valueType":"SampledData","valueName":"hr","defaultPeriod":60000}}},
{"templateType":"CodeValueFhir","template":{"typeName":"bp","periodInterval":0,"codes":[],
"components":[{"codes":[],"value":{"valueType":"Quantity","valueName":"sys"}},
{"codes":[],"value":{"valueType":"Quantity","valueName":"dia"}}]}}]})";

mapping::Measurement measurement(
    std::string type, std::string_view time, std::vector<mapping::Value> values, std::string device = "d"
) {
  mapping::Measurement m;
  m.type = std::move(type);
  m.device = std::move(device);
  m.patient = "p";
  m.occurred = *detect_date(time).date;
  m.values = std::move(values);
  return m;
}

std::vector<ObservationPreview> preview(std::vector<mapping::Measurement> measurements) {
  auto mapping = fhir::ObservationMapping::load(kFile);
  REQUIRE(mapping.problems().empty());
  return preview_observations({kFile, mapping}, std::move(measurements));
}

}  // namespace

TEST_CASE("preview: measurements of a period are one Observation, with who gave each value", "[pipeline]") {
  auto made = preview(
      {measurement("hr", "2026-11-22T06:00:00Z", {{"hr", "70"}}),
       measurement("hr", "2026-11-22T07:00:00Z", {{"hr", "71"}}),
       measurement("hr", "2026-11-22T06:01:00Z", {{"hr", "72"}})}
  );
  REQUIRE(made.size() == 2);
  CHECK(made[0].measurements == std::vector<std::size_t>{0, 2});
  CHECK(made[1].measurements == std::vector<std::size_t>{1});
  CHECK(made[0].position.line == 2);
  CHECK_FALSE(made[0].refused);
  CHECK(made[0].json.find("valueSampledData") != std::string::npos);
  REQUIRE(made[0].elements.size() == 3);
  const PreviewedElement& value = made[0].elements[2];
  CHECK(value.element == "valueSampledData");
  CHECK(value.value == "hr");
  CHECK(value.texts == std::vector<std::string>{"70", "72"});
  CHECK(value.measurements == std::vector<std::size_t>{0, 2});
  CHECK(value.position.line == 3);
}

TEST_CASE("preview: a component whose value nobody measured is told", "[pipeline]") {
  auto made = preview({measurement("bp", "2026-11-22T06:00:00Z", {{"dia", "80"}})});
  REQUIRE(made.size() == 1);
  REQUIRE(made[0].elements.size() == 4);
  CHECK_FALSE(made[0].elements[2].present);
  CHECK(made[0].elements[2].made_of == "components[0]");
  CHECK(made[0].elements[3].present);
  CHECK(made[0].elements[3].texts == std::vector<std::string>{"80"});
  CHECK(made[0].elements[3].position.line == 6);
}

TEST_CASE("preview: what the sink would refuse, in its words, and the others beside it", "[pipeline]") {
  auto made = preview(
      {measurement("bp", "2026-11-22T06:00:00Z", {{"sys", "--"}}),
       measurement("bp", "2026-11-22T06:01:00Z", {{"sys", "120"}}),
       measurement("weight", "2026-11-22T06:01:00Z", {{"kg", "80"}})}
  );
  REQUIRE(made.size() == 3);
  REQUIRE(made[0].refused);
  CHECK(made[0].refused->reason == "observation/value-not-a-number");
  CHECK(made[0].json.empty());
  CHECK_FALSE(made[1].refused);
  REQUIRE(made[2].refused);
  CHECK(made[2].refused->reason == "observation/no-fhir-template");
  CHECK(made[2].position == Position{});
  CHECK(made[2].measurements == std::vector<std::size_t>{2});
}

TEST_CASE("preview: a measurement that another of its time replaces is told with it", "[pipeline]") {
  auto made = preview(
      {measurement("bp", "2026-11-22T06:00:00Z", {{"sys", "120"}}),
       measurement("bp", "2026-11-22T06:00:00Z", {{"sys", "121"}})}
  );
  REQUIRE(made.size() == 1);
  CHECK(made[0].measurements == std::vector<std::size_t>{0, 1});
}

TEST_CASE("preview: no measurements, no Observations", "[pipeline]") { CHECK(preview({}).empty()); }
