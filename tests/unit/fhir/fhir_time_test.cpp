#include "core/fhir/fhir_time.hpp"

#include <catch2/catch.hpp>

namespace {

std::string read(std::string_view text) {
  auto time = aorta::fhir::parse_fhir_time(text);
  return time ? aorta::round_trip_text(*time) : "none";
}

}  // namespace

TEST_CASE("fhir time: partial dates are their first instant", "[fhir][unit]") {
  CHECK(read("2024") == "2024-01-01T00:00:00.0000000Z");
  CHECK(read("2024-03") == "2024-03-01T00:00:00.0000000Z");
  CHECK(read("2024-03-05") == "2024-03-05T00:00:00.0000000Z");
}

TEST_CASE("fhir time: offsets are converted, no zone is UTC", "[fhir][unit]") {
  CHECK(read("2024-03-05T11:00:00+01:00") == "2024-03-05T10:00:00.0000000Z");
  CHECK(read("2024-03-05T10:00:00") == "2024-03-05T10:00:00.0000000Z");
  CHECK(read("2024-03-05T10:00:00.12345678Z") == "2024-03-05T10:00:00.1234568Z");
}

TEST_CASE("fhir time: other texts are none", "[fhir][unit]") {
  for (std::string_view text :
       {"", "24", "2024-13", "2024-02-30", "2024-03-05T25:00:00Z", "2024-03-05T10:00:00+15:00", "2024-03-05 10:00",
        "2024-03-05T10:00:00.Z", "0001-01-01T00:00:00+01:00"}) {
    INFO(text);
    CHECK(read(text) == "none");
  }
}
