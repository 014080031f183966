#include "core/fhir/rest/write_check.hpp"

#include <catch2/catch.hpp>

using namespace aorta;

TEST_CASE("write check: only meta may differ, numbers count by value", "[fhir][rest][unit]") {
  CHECK(fhir::same_but_for_meta(R"({"a":72.50,"b":"x"})", R"({"meta":{"versionId":"2"},"b":"x","a":72.5})"));
  CHECK_FALSE(fhir::same_but_for_meta(R"({"a":72.50})", R"({"a":72.51})"));
  CHECK_FALSE(fhir::same_but_for_meta(R"({"a":1})", "<html>"));
}

TEST_CASE("write check: an id is taken out, all else stays as it was written", "[fhir][rest][unit]") {
  CHECK(
      fhir::without_id(R"({"resourceType":"Observation","id":"x","value":72.50})") ==
      R"({"resourceType":"Observation","value":72.50})"
  );
}
