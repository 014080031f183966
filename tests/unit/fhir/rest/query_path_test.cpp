#include "core/fhir/rest/query_path.hpp"

#include <catch2/catch.hpp>

using namespace aorta;

TEST_CASE("query path: what a device says stays one value", "[fhir][rest][unit]") {
  CHECK(fhir::identifier_query({"", "d 1&x=y"}) == "identifier=d%201%26x%3Dy");
  CHECK(fhir::identifier_query({"https://s", "v"}) == "identifier=https%3A%2F%2Fs%7Cv");
  CHECK(fhir::identifier_query({"s", "a|b,c$d\\e"}) == "identifier=s%7Ca%5C%7Cb%5C%2Cc%5C%24d%5C%5Ce");
  CHECK(fhir::resource_path("Observation", "../Patient/7?x") == "Observation/..%2FPatient%2F7%3Fx");
}
