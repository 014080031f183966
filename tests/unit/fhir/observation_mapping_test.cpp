#include "core/fhir/observation_mapping.hpp"

#include <catch2/catch.hpp>

namespace {

using aorta::fhir::ObservationMapping;

std::string mapping_of(std::string_view bodies) {
  return R"({"templateType":"CollectionFhir","template":[)" + std::string(bodies) + "]}";
}
std::string item(std::string_view body) {
  return R"({"templateType":"CodeValueFhir","template":)" + std::string(body) + "}";
}

}  // namespace

TEST_CASE("fhir mapping: templates are found whatever the letter case", "[fhir][unit]") {
  auto mapping =
      ObservationMapping::load(mapping_of(item(R"({"typeName":"Körpergewicht","codes":[],"periodInterval":"Hourly"})"))
      );
  CHECK(mapping.problems().empty());
  REQUIRE(mapping.find("KÖRPERGEWICHT") != nullptr);
  CHECK(mapping.find("KÖRPERGEWICHT")->period_interval == 60);
  CHECK(mapping.find("gewicht") == nullptr);
}

TEST_CASE("fhir mapping: every fault is told, with its place", "[fhir][unit]") {
  auto mapping = ObservationMapping::load(
      "{\"templateType\":\"CollectionFhir\",\"template\":[\n{\"templateType\":\"CodeValueFhir\",\"template\":{"
      "\"typeName\":\"a\",\n\"codes\":[{\"cod\":1}]}},\n"
      "{\"templateType\":\"CodeValueFhir\",\"template\":{\"typeName\":\" \",\"codes\":[]}}]}"
  );
  REQUIRE(mapping.problems().size() == 2);
  CHECK(mapping.problems()[0].position == aorta::Position{3, 16});
  CHECK(mapping.problems()[0].message.find("cod") != std::string::npos);
  CHECK(mapping.problems()[1].position.line == 4);
  CHECK(mapping.templates().empty());
}

TEST_CASE("fhir mapping: the same type name twice is a fault, the first stays", "[fhir][unit]") {
  std::string one = item(R"({"typeName":"hr","codes":[]})");
  std::string two = item(R"({"typeName":"HR","codes":[]})");
  auto mapping = ObservationMapping::load(mapping_of(one + "," + two));
  CHECK(mapping.problems().size() == 1);
  CHECK(mapping.templates().size() == 1);
}

TEST_CASE("fhir mapping: unquoted periods go through a double, quoted ones keep their scale", "[fhir][unit]") {
  auto period = [](std::string_view written) {
    std::string value = R"({"valueType":"SampledData","valueName":"x","defaultPeriod":)" + std::string(written) + "}";
    auto mapping = ObservationMapping::load(mapping_of(item(R"({"typeName":"hr","codes":[],"value":)" + value + "}")));
    return mapping.templates().empty() ? "error" : mapping.templates()[0].value->default_period->text();
  };
  CHECK(period("5000.00") == "5000.0");
  CHECK(period("\"5000.00\"") == "5000.00");
  CHECK(period("5e3") == "5000.0");
  CHECK(period("0x10") == "16");
  CHECK(period("\"fast\"") == "error");
  CHECK(period("\"1.50e1\"") == "15.0");
  CHECK(period("\"+5e3\"") == "error");
  CHECK(period("\"05e3\"") == "error");
  CHECK(period("\" 5e3\"") == "error");
}

TEST_CASE("fhir mapping: a file that is no mapping has one problem", "[fhir][unit]") {
  for (std::string_view text :
       {"", "null", "[]", "{", "\xEF\xBB\xBF{}", "{\"templateType\":\"CollectionContent\",\"template\":[]}"}) {
    INFO(text);
    CHECK(ObservationMapping::load(text).problems().size() == 1);
  }
}
