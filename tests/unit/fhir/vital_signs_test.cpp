#include "core/fhir/vital_signs.hpp"

#include <catch2/catch.hpp>

#include "core/fhir/observation.hpp"
#include "tests/unit/fhir/support.hpp"

using namespace aorta;
using namespace aorta::fhir::testing;
using fhir::ObservationMapping;
using fhir::Profile;

namespace {

std::string file_with(std::string_view body) {
  return R"({"templateType":"CollectionFhir","template":[{"templateType":"CodeValueFhir","template":{)" +
         std::string(body) + "}}]}";
}

ObservationMapping conforming(std::string_view body) {
  return ObservationMapping::load(file_with(body), Profile::VitalSigns);
}

constexpr std::string_view kHeartRate = R"("typeName":"hr","codes":[{"system":"http://loinc.org","code":"8867-4"}],)"
                                        R"("value":{"valueType":"Quantity","valueName":"hr","unit":"bpm"})";
constexpr std::string_view kPressure =
    R"("typeName":"hr","codes":[{"system":"http://loinc.org","code":"85354-9"}],"components":[)"
    R"({"codes":[{"system":"http://loinc.org","code":"8480-6"}],"value":{"valueType":"Quantity","valueName":"sys","unit":"mmHg"}},)"
    R"({"codes":[{"system":"http://loinc.org","code":"8462-4"}],"value":{"valueType":"Quantity","valueName":"dia","unit":"mmHg"}}])";

constexpr std::string_view kAbsent = R"("dataAbsentReason":{"coding":[{"system":)";

OneSeries one(std::string_view time, std::string_view name, std::string value) {
  return OneSeries("hr", {at(time), at(time)}, std::string(name), {{at(time), std::move(value)}});
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t i = text.find(part); i != std::string_view::npos; i = text.find(part, i + 1)) ++found;
  return found;
}

std::string created(const ObservationMapping& mapping, const group::ObservationGroup& group) {
  auto json = fhir::create_observation(*mapping.find("hr"), group);
  return json.has_value() ? *json : std::string(json.error().message());
}

}  // namespace

TEST_CASE("vital signs: units have many spellings and one code", "[fhir][unit]") {
  CHECK(fhir::vital_sign_unit("/min") == "/min");
  CHECK(fhir::vital_sign_unit("BPM") == "/min");
  CHECK(fhir::vital_sign_unit("{beats}/min") == "/min");
  CHECK(fhir::vital_sign_unit("°C") == "Cel");
  CHECK(fhir::vital_sign_unit("mmHg") == "mm[Hg]");
  CHECK(fhir::vital_sign_unit("[lb_av]") == "[lb_av]");
  CHECK(fhir::vital_sign_unit("furlong").empty());
  CHECK(fhir::vital_sign_unit("").empty());
}

TEST_CASE("vital signs: a reading has its moment, its category and a unit of UCUM", "[fhir][unit]") {
  auto mapping = conforming(kHeartRate);
  REQUIRE(mapping.problems().empty());
  std::string json = created(mapping, one("2024-03-05T10:00:00Z", "hr", "71.50"));
  CHECK(has(json, R"("effectiveDateTime":"2024-03-05T10:00:00.0000000Z")"));
  CHECK_FALSE(has(json, "effectivePeriod"));
  CHECK(count(json, R"("code":"vital-signs")") == 1);
  CHECK(has(json, R"("valueQuantity":{"value":71.50,"unit":"bpm","system":"http://unitsofmeasure.org","code":"/min"})")
  );
}

TEST_CASE("vital signs: without the profile nothing of it is written", "[fhir][unit]") {
  auto mapping = ObservationMapping::load(file_with(kHeartRate));
  std::string json = created(mapping, one("2024-03-05T10:00:00Z", "hr", "71"));
  CHECK(has(json, "effectivePeriod"));
  CHECK_FALSE(has(json, "vital-signs"));
  CHECK(has(json, R"("valueQuantity":{"value":71,"unit":"bpm"})"));
}

TEST_CASE("vital signs: the category stands once, others stay", "[fhir][unit]") {
  constexpr std::string_view kVital =
      R"({"codes":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]})";
  auto mapping = conforming(
      std::string(kHeartRate) + R"(,"category":[{"text":"ward"},)" + std::string(kVital) + "," + std::string(kVital) +
      "]"
  );
  REQUIRE(mapping.find("hr") != nullptr);
  CHECK(mapping.find("hr")->category.size() == 2);
  CHECK(mapping.find("hr")->category.front()->text == "ward");
}

TEST_CASE("vital signs: oxygen saturation by pulse oximetry also has the code of all", "[fhir][unit]") {
  auto mapping = conforming(R"("typeName":"hr","codes":[{"system":"http://loinc.org","code":"59408-5"}],)"
                            R"("value":{"valueType":"Quantity","valueName":"o","unit":"percent"})");
  std::string json = created(mapping, one("2024-03-05T10:00:00Z", "o", "97"));
  CHECK(has(json, R"("code":"59408-5")"));
  CHECK(has(json, R"({"system":"http://loinc.org","code":"2708-6"})"));
}

TEST_CASE("vital signs: samples keep their period", "[fhir][unit]") {
  auto mapping =
      conforming(R"("typeName":"hr","codes":[{"system":"http://loinc.org","code":"8867-4"}],)"
                 R"("value":{"valueType":"SampledData","valueName":"hr","unit":"bpm","defaultPeriod":1000})");
  REQUIRE(mapping.problems().empty());
  CHECK(has(created(mapping, one("2024-03-05T10:00:00Z", "hr", "71")), "effectivePeriod"));
}

TEST_CASE("vital signs: a pressure that was not measured says so, and may come later", "[fhir][unit]") {
  auto mapping = conforming(kPressure);
  REQUIRE(mapping.problems().empty());
  std::string json = created(mapping, one("2024-03-05T10:00:00Z", "sys", "120"));
  CHECK(count(json, "dataAbsentReason") == 1);
  auto merged = fhir::merge_observation(
      *mapping.find("hr"), one("2024-03-05T10:00:00Z", "dia", "80"), json, fhir::Amend::WhenChanged
  );
  REQUIRE(merged.has_value());
  CHECK_FALSE(has(merged->json, "dataAbsentReason"));
  CHECK(has(merged->json, R"("value":120,)"));
  CHECK(has(merged->json, R"("value":80,)"));
  auto again = fhir::merge_observation(
      *mapping.find("hr"), one("2024-03-05T10:00:00Z", "dia", "80"), merged->json, fhir::Amend::WhenChanged
  );
  CHECK_FALSE(again->changed);
  CHECK(again->json == merged->json);
}

TEST_CASE("vital signs: an Observation without a value says so, until it has one", "[fhir][unit]") {
  auto mapping = conforming(kHeartRate);
  std::string json = created(mapping, one("2024-03-05T10:00:00Z", "other", "1"));
  CHECK(has(json, kAbsent));
  auto merged = fhir::merge_observation(
      *mapping.find("hr"), one("2024-03-05T10:00:00Z", "hr", "71"), json, fhir::Amend::WhenChanged
  );
  REQUIRE(merged.has_value());
  CHECK(has(merged->json, R"("value":71,)"));
  CHECK_FALSE(has(merged->json, "dataAbsentReason"));
}

TEST_CASE("vital signs: what was stored before the profile goes on with it", "[fhir][unit]") {
  auto before = ObservationMapping::load(file_with(kPressure));
  auto mapping = conforming(kPressure);
  std::string stored = created(before, one("2024-03-05T10:00:00Z", "sys", "120"));
  auto merged = fhir::merge_observation(
      *mapping.find("hr"), one("2024-03-05T10:00:00Z", "sys", "120"), stored, fhir::Amend::WhenChanged
  );
  REQUIRE(merged.has_value());
  CHECK(merged->changed);
  CHECK(has(merged->json, "effectiveDateTime"));
  CHECK(count(merged->json, "dataAbsentReason") == 1);
  CHECK(has(merged->json, R"("code":"vital-signs")"));
}

TEST_CASE("vital signs: a merged code keeps what others added", "[fhir][unit]") {
  auto mapping = conforming(R"("typeName":"hr","codes":[{"system":"http://loinc.org","code":"59408-5"}],)"
                            R"("value":{"valueType":"Quantity","valueName":"o","unit":"%"})");
  constexpr std::string_view kStored =
      R"({"resourceType":"Observation","status":"final","code":{"text":"SpO2","coding":[)"
      R"({"system":"http://loinc.org","code":"59408-5"},{"system":"urn:ours","code":"ox"}]},)"
      R"("effectiveDateTime":"2024-03-05T10:00:00Z","valueQuantity":{"value":97}})";
  auto merged = fhir::merge_observation(
      *mapping.find("hr"), one("2024-03-05T10:05:00Z", "o", "98"), kStored, fhir::Amend::WhenChanged
  );
  REQUIRE(merged.has_value());
  CHECK(count(merged->json, R"("code":"59408-5")") == 1);
  CHECK(has(merged->json, R"("code":"2708-6")"));
  CHECK(has(merged->json, R"("code":"ox")"));
  CHECK(has(merged->json, R"("text":"SpO2")"));
  // Two moments: from the first to the last.
  CHECK(has(merged->json, R"("effectivePeriod":{"start":"2024-03-05T10:00:00.0000000Z","end":"2024-03-05T10:05:00)"));
}

TEST_CASE("vital signs: what a mapping lacks is told where it lacks it", "[fhir][unit]") {
  auto no_unit = ObservationMapping::load(
      "{\"templateType\":\"CollectionFhir\",\"template\":[\n{\"templateType\":\"CodeValueFhir\",\"template\":{\n"
      "\"typeName\":\"hr\",\n\"codes\":[{\"system\":\"http://loinc.org\",\"code\":\"8867-4\"}],\n"
      "\"value\":{\"valueType\":\"Quantity\",\"valueName\":\"hr\",\"unit\":\"furlong\"}}}]}",
      Profile::VitalSigns
  );
  REQUIRE(no_unit.problems().size() == 1);
  CHECK(no_unit.problems()[0].position == Position{5, 8});
  CHECK(has(no_unit.problems()[0].message, "furlong"));
  CHECK(has(no_unit.problems()[0].message, "/min"));

  auto text = conforming(R"("typeName":"hr","codes":[{"system":"http://loinc.org","code":"8867-4"}],)"
                         R"("value":{"valueType":"String","valueName":"hr"})");
  CHECK(text.problems().size() == 1);

  auto half = conforming(
      R"("typeName":"hr","codes":[{"system":"http://loinc.org","code":"85354-9"}],"components":[)"
      R"({"codes":[{"system":"http://loinc.org","code":"8480-6"}],"value":{"valueType":"Quantity","valueName":"sys","unit":"Cel"}}])"
  );
  REQUIRE(half.problems().size() == 2);
  CHECK(has(half.problems()[0].message, "mm[Hg]"));
  CHECK(has(half.problems()[1].message, "8462-4"));
}

TEST_CASE("vital signs: what is no vital sign stays as it is, and is told", "[fhir][unit]") {
  constexpr std::string_view kSteps = R"("typeName":"hr","codes":[{"system":"http://loinc.org","code":"41950-7"}],)"
                                      R"("value":{"valueType":"Quantity","valueName":"n","unit":"steps"})";
  auto mapping = conforming(kSteps);
  CHECK(mapping.problems().empty());
  CHECK(mapping.remarks().size() == 1);
  auto plain = ObservationMapping::load(file_with(kSteps));
  OneSeries steps = one("2024-03-05T10:00:00Z", "n", "12");
  CHECK(created(mapping, steps) == created(plain, steps));
}
