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

// A mapping of one template of type Heart with these further members.
ObservationMapping heart(const std::string& members) {
  return ObservationMapping::load(
      R"json({"templateType":"CollectionFhir","template":[{"templateType":"CodeValueFhir","template":
      {"typeName":"Heart","codes":[])json" +
      members + "}}]}"
  );
}

const std::string kValue = R"(,"value":{"valueType":"Quantity","valueName":"hr","unit":"/min"})";

ObservationMapping fhir_mapping() {
  return heart(kValue + R"(,"components":[{"codes":[],"value":{"valueType":"String","valueName":"note"}}])");
}

using Kind = Mismatch::Kind;

// What is found for the values hr and note.
std::vector<Kind> kinds(const ObservationMapping& fhir, MatchBy by) {
  std::vector<Kind> out;
  for (const Mismatch& mismatch : mismatches(device("heart", {"hr", "note"}), fhir, by)) out.push_back(mismatch.kind);
  return out;
}

}  // namespace

TEST_CASE("mapping match: types match without letter case, values with it", "[fhir]") {
  CHECK(mismatches(device("HEART", {"hr", "note"}), fhir_mapping()).empty());
  std::vector<Mismatch> found = mismatches(device("heart", {"HR", "note", "rr"}), fhir_mapping());
  REQUIRE(found.size() == 2);
  CHECK(found[0].kind == Kind::UnusedValue);
  CHECK(found[0].value == "HR");
  CHECK(found[1].value == "rr");
  CHECK(found[1].known == std::vector<std::string>{"hr", "note"});
  CHECK(found[1].position == Position{3, 7});
}

TEST_CASE("mapping match: a type nobody takes is told once, for all its values", "[fhir]") {
  std::vector<Mismatch> found = mismatches(device("pulse", {"a", "b"}), fhir_mapping());
  REQUIRE(found.size() == 1);
  CHECK(found[0].kind == Kind::NoTemplate);
  CHECK(found[0].value.empty());
  CHECK(found[0].known == std::vector<std::string>{"Heart"});
}

TEST_CASE("mapping match: nothing is told of a type that a template keeps to itself", "[fhir]") {
  CHECK(mismatches(device("", {"hr"}), fhir_mapping(), MatchBy::Building).empty());
  CHECK(mismatches(device("", {"hr"}), fhir_mapping(), MatchBy::ReferenceValidation).size() == 1);
}

TEST_CASE("mapping match: beside components the reference overlooks the template's own value", "[fhir]") {
  CHECK(kinds(fhir_mapping(), MatchBy::Building).empty());
  CHECK(kinds(fhir_mapping(), MatchBy::ReferenceValidation) == std::vector{Kind::UnusedValue});
  ObservationMapping empty_list = heart(kValue + R"(,"components":[])");
  CHECK(kinds(empty_list, MatchBy::Building) == std::vector{Kind::UnusedValue});
  CHECK(kinds(empty_list, MatchBy::ReferenceValidation) == std::vector{Kind::UnusedValue, Kind::UnusedValue});
}

TEST_CASE("mapping match: a template that cannot be built is told once, where it stands", "[fhir]") {
  for (const char* components : {R"([null])", R"([{"codes":[]}])"}) {
    ObservationMapping fhir = heart(kValue + R"(,"components":)" + components);
    CHECK(kinds(fhir, MatchBy::Building) == std::vector{Kind::NotBuildable});
    CHECK(kinds(fhir, MatchBy::ReferenceValidation) == std::vector{Kind::NotBuildable});
    CHECK(mismatches(device("heart", {}), fhir).front().position == Position{2, 7});
  }
}

TEST_CASE("mapping match: a component without valueName fails when it is built only", "[fhir]") {
  ObservationMapping fhir = heart(R"(,"components":[{"codes":[],"value":{"valueType":"String"}}])");
  CHECK(kinds(fhir, MatchBy::Building) == std::vector{Kind::NotBuildable});
  CHECK(kinds(fhir, MatchBy::ReferenceValidation) == std::vector{Kind::UnusedValue, Kind::UnusedValue});
}

TEST_CASE(
    "mapping match: the reference's validation fails on a template without values and on a blank type", "[fhir]"
) {
  CHECK(kinds(heart(""), MatchBy::Building) == std::vector{Kind::UnusedValue, Kind::UnusedValue});
  CHECK(kinds(heart(""), MatchBy::ReferenceValidation) == std::vector{Kind::NotBuildable});
  std::vector<Mismatch> blank = mismatches(device(" ", {"hr"}), fhir_mapping(), MatchBy::ReferenceValidation);
  REQUIRE(blank.size() == 1);
  CHECK(blank[0].kind == Kind::NotBuildable);
}
