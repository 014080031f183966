#include "core/fhir/mapping_match.hpp"

#include <catch2/catch.hpp>

using namespace aorta;
using namespace aorta::fhir;

namespace {

mapping::DeviceMapping device(const std::string& type, std::vector<std::string> values) {
  mapping::DeviceMapping out;
  out.templates.push_back({"JsonPathContent", type, std::move(values), {3, 7}, nullptr});
  return out;
}

ObservationMapping fhir_mapping() {
  return ObservationMapping::load(R"json({"templateType":"CollectionFhir","template":[
    {"templateType":"CodeValueFhir","template":{"typeName":"Heart","codes":[],"value":{"valueType":"Quantity","valueName":"hr","unit":"/min"},
      "components":[{"codes":[],"value":{"valueType":"String","valueName":"note"}}]}}]})json");
}

}  // namespace

TEST_CASE("mapping match: types match without letter case, values with it", "[fhir]") {
  CHECK(mismatches(device("HEART", {"hr", "note"}), fhir_mapping()).empty());
  std::vector<Mismatch> found = mismatches(device("heart", {"HR", "note", "rr"}), fhir_mapping());
  REQUIRE(found.size() == 2);
  CHECK(found[0].value == "HR");
  CHECK(found[1].value == "rr");
  CHECK(found[1].known == std::vector<std::string>{"hr", "note"});
  CHECK(found[1].position == Position{3, 7});
}

TEST_CASE("mapping match: a type nobody takes is told once, for all its values", "[fhir]") {
  std::vector<Mismatch> found = mismatches(device("pulse", {"a", "b"}), fhir_mapping());
  REQUIRE(found.size() == 1);
  CHECK(found[0].value.empty());
  CHECK(found[0].known == std::vector<std::string>{"Heart"});
}
