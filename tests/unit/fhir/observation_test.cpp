#include "core/fhir/observation.hpp"

#include <catch2/catch.hpp>

#include "core/fhir/resource_id.hpp"
#include "tests/unit/fhir/support.hpp"

using namespace aorta;
using namespace aorta::fhir::testing;

namespace {

group::ObservationGroup group_with(std::string_view name, std::vector<group::TimedValue> values) {
  DateTime time = at("2024-03-05T10:00:00Z");
  return {"HR", {time, time}, "20240305100000Z.20240305100000Z", {{std::string(name), std::move(values)}}, {}};
}

constexpr std::string_view kQuantity = R"("value":{"valueType":"Quantity","valueName":"hr","unit":"/min"})";

}  // namespace

TEST_CASE(
    "observation: a quantity keeps its digits, the code has the type as the measurement spells it", "[fhir][unit]"
) {
  auto mapping = mapping_with(kQuantity);
  auto json = fhir::create_observation(*mapping.find("hr"), group_with("hr", {{at("2024-03-05T10:00:00Z"), "72.50"}}));
  REQUIRE(json.has_value());
  CHECK(
      *json ==
      R"({"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"},)"
      R"({"system":"https://azure.microsoft.com/en-us/services/iomt-fhir-connector/","code":"HR","display":"HR"}],"text":"HR"},)"
      R"("effectivePeriod":{"start":"2024-03-05T10:00:00.0000000Z","end":"2024-03-05T10:00:00.0000000Z"},)"
      R"("valueQuantity":{"value":72.50,"unit":"/min"}})"
  );
}

TEST_CASE("observation: identifier and id are functions of the resolved ids", "[fhir][unit]") {
  auto mapping = mapping_with(kQuantity);
  fhir::ObservationLinks links{"p", "d", "e"};
  auto json = fhir::create_observation(*mapping.find("hr"), group_with("other", {}), &links);
  REQUIRE(json.has_value());
  CHECK(json->find(R"("value":"p.d.HR.20240305100000Z.20240305100000Z")") != std::string::npos);
  CHECK(json->find(R"("encounter":{"reference":"Encounter/e"})") != std::string::npos);
  CHECK(json->find("valueQuantity") == std::string::npos);
  CHECK(fhir::resource_id({"", "deviceId"}) == "96b1d91b8c1066c6093f8699cbd01fd2e9e8956cbad873307dcbd44449aafd13");
}

TEST_CASE("observation: a fault names the value, and only its beginning", "[fhir][unit]") {
  auto mapping = mapping_with(kQuantity);
  auto bad = fhir::create_observation(*mapping.find("hr"), group_with("hr", {{at("2024-03-05T10:00:00Z"), "1e3"}}));
  CHECK(bad.error().reason() == "value-not-a-number");
  CHECK(std::string(bad.error().message()).find("\"1e3\"") != std::string::npos);
  auto long_text = fhir::create_observation(
      *mapping.find("hr"), group_with("hr", {{at("2024-03-05T10:00:00Z"), std::string(200, 'x')}})
  );
  CHECK(std::string(long_text.error().message()).find("xxx") == std::string::npos);
  auto two = fhir::create_observation(*mapping.find("hr"), group_with("hr", {{{1}, "1"}, {{2}, "2"}}));
  CHECK(two.error().reason() == "value-not-single");
}
