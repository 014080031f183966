#include "core/fhir/template_places.hpp"

#include <catch2/catch.hpp>

#include "core/fhir/observation_mapping.hpp"

using namespace aorta;
using namespace aorta::fhir;

namespace {

constexpr std::string_view kFile = R"({
  "templateType": "CollectionFhir",
  "template": [
    { "templateType": "CodeValueFhir", "template": {
      "typeName": "a", "periodInterval": 60,
      "CODES": [{ "code": "1" }, { "code": "2" }],
      "value": { "valueType": "String", "valueName": "v" } } },
    { "templateType": "CodeValueFhir", "template": {
      "typeName": "b",
      "codes": [],
      "components": [
        { "codes": [], "value": { "valueType": "String", "valueName": "v" } },
        { "codes": [], "value": { "valueType": "String", "valueName": "w" } } ] } }
  ]
})";

Position place(std::string_view type, std::string_view member, std::optional<std::size_t> index = std::nullopt) {
  ObservationMapping mapping = ObservationMapping::load(kFile);
  REQUIRE(mapping.problems().empty());
  return TemplatePlaces(kFile).find(mapping.find(type)->position, member, index);
}

}  // namespace

TEST_CASE("template places: members by name, letter case ignored, items by index", "[fhir]") {
  CHECK(place("a", "periodInterval").line == 5);
  CHECK(place("a", "codes").line == 6);
  CHECK(place("a", "codes", 1).line == 6);
  CHECK(place("a", "value").line == 7);
  CHECK(place("b", "components", 0).line == 12);
  CHECK(place("b", "components", 1).line == 13);
}

TEST_CASE("template places: nowhere for what is not there", "[fhir]") {
  CHECK(place("b", "value") == Position{});
  CHECK(place("b", "components", 2) == Position{});
  CHECK(TemplatePlaces("not JSON").find({1, 1}, "value") == Position{});
}
