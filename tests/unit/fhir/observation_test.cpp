#include "core/fhir/observation.hpp"

#include <catch2/catch.hpp>

#include "core/fhir/resource_id.hpp"
#include "tests/unit/fhir/support.hpp"

using namespace aorta;
using namespace aorta::fhir::testing;

namespace {

OneSeries group_with(std::string_view name, OneSeries::Values values) {
  DateTime time = at("2024-03-05T10:00:00Z");
  return OneSeries("HR", {time, time}, std::string(name), std::move(values));
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
  auto group = group_with("other", {});
  Named named({"p", "d", "e"}, group);
  auto json = fhir::create_observation(*mapping.find("hr"), group, named.get());
  REQUIRE(json.has_value());
  CHECK(json->find(R"("value":"p.d.HR.20240305100000Z.20240305100000Z")") != std::string::npos);
  CHECK(json->find(R"("encounter":{"reference":"Encounter/e"})") != std::string::npos);
  CHECK(json->find("valueQuantity") == std::string::npos);
  CHECK(fhir::resource_id({"", "deviceId"}) == "96b1d91b8c1066c6093f8699cbd01fd2e9e8956cbad873307dcbd44449aafd13");
}

TEST_CASE("observation: a fault names the field and never what is in it", "[fhir][unit]") {
  auto mapping = mapping_with(kQuantity);
  auto bad = fhir::create_observation(*mapping.find("hr"), group_with("hr", {{at("2024-03-05T10:00:00Z"), "1e3"}}));
  CHECK(bad.error().reason() == "value-not-a-number");
  CHECK(std::string(bad.error().message()).find("value \"hr\" is a text of 3 bytes") != std::string::npos);
  auto long_text = fhir::create_observation(
      *mapping.find("hr"), group_with("hr", {{at("2024-03-05T10:00:00Z"), std::string(200, 'x')}})
  );
  CHECK(std::string(long_text.error().message()).find("xxx") == std::string::npos);
  auto two = fhir::create_observation(*mapping.find("hr"), group_with("hr", {{{1}, "1"}, {{2}, "2"}}));
  CHECK(two.error().reason() == "value-not-single");
}

TEST_CASE("observation: what is written beforehand is what would be written now", "[fhir][unit]") {
  auto mapping =
      mapping_with(R"("category":[{"text":"Vital \"Signs\"","codes":[{"code":"vital-signs"}]}],)"
                   R"("value":{"valueType":"Quantity","valueName":"hr","unit":"/min","system":"s","code":"c"},)"
                   R"("components":[{"codes":[{"code":"1"}],"value":{"valueType":"Quantity","valueName":"hr"}},)"
                   R"({"codes":[],"value":{"valueType":"String","valueName":"hr"}},)"
                   R"({"codes":[],"value":{"valueType":"Quantity","valueName":"none"}}])");
  const fhir::ObservationTemplate& formed = *mapping.find("hr");
  fhir::ObservationTemplate unformed = formed;
  unformed.form = nullptr;
  DateTime time = at("2024-03-05T10:00:00Z");
  for (const char* text : {"72", "72.50", "-0", "+7", "007", "1,000", " 5 ", "72-", ".5", "5.", "NaN", "", "1e3"}) {
    for (const char* type : {"hr", "HR"}) {
      OneSeries group(type, {time, time}, "hr", {{time, text}});
      Named named({"p\"1", "d", ""}, group);
      for (const fhir::NewObservation* given : {named.get(), static_cast<const fhir::NewObservation*>(nullptr)}) {
        auto fast = fhir::create_observation(formed, group, given);
        auto slow = fhir::create_observation(unformed, group, given);
        REQUIRE(fast.has_value() == slow.has_value());
        if (!fast.has_value()) {
          CHECK(fast.error().message() == slow.error().message());
          continue;
        }
        CHECK(*fast == *slow);
      }
    }
  }
}

TEST_CASE("observation: faults stay faults, in their order", "[fhir][unit]") {
  auto mapping = mapping_with(
      R"("category":[null],"components":[{"codes":[null],"value":{"valueType":"Quantity","valueName":"hr"}}])"
  );
  DateTime time = at("2024-03-05T10:00:00Z");
  OneSeries group("hr", {time, time}, "hr", {{time, "72"}});
  std::string room;
  auto refused = fhir::write_observation(room, *mapping.find("hr"), group);
  CHECK(std::string(refused.error().message()).find("category list") != std::string::npos);
  auto component = mapping_with(R"("components":[{"codes":[null],"value":{"valueType":"Quantity","valueName":"hr"}}])");
  CHECK(fhir::write_observation(room, *component.find("hr"), group).error().reason() == "null-code");
}

TEST_CASE("observation: what a room held before is of no account", "[fhir][unit]") {
  auto mapping = mapping_with(kQuantity);
  DateTime time = at("2024-03-05T10:00:00Z");
  OneSeries group("hr", {time, time}, "hr", {{time, "72"}});
  std::string expected = *fhir::create_observation(*mapping.find("hr"), group);
  for (std::size_t size : {0u, 1u, 200u, 5000u}) {
    std::string room(size, 'x');
    CHECK(*fhir::write_observation(room, *mapping.find("hr"), group) == expected);
    const char* where = room.data();
    CHECK(fhir::write_observation(room, *mapping.find("hr"), group)->data() == where);
  }
}
