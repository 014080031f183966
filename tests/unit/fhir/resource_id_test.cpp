#include "core/fhir/resource_id.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace aorta;
using namespace aorta::fhir;

TEST_CASE("observation names: each is what it would be alone", "[fhir][unit]") {
  const ObservationNamer p("p", "d"), q("q", "d"), empty("", "");
  const std::string types[] = {"hr", "HR", "", std::string(200, 't')};
  const std::string segments[] = {"20240305100000Z.20240305100000Z", "", "visit", std::string(200, 's')};
  ObservationNames names;
  std::string value = "what stood here before";
  for (const ObservationNamer* namer : {&p, &q, &empty, &p}) {
    for (const std::string& type : types) {
      for (const std::string& segment : segments) {
        Identifier alone = observation_identifier(namer->patient(), namer->device(), type, segment);
        Sha256::Hex id = names.name(*namer, type, segment, value);
        CHECK(value == alone.value);
        CHECK(std::string_view(id.data(), id.size()) == resource_id(alone));
      }
    }
  }
}
