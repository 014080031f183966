#include "core/fhir/rest/outcome.hpp"

#include <catch2/catch.hpp>

using namespace aorta;

TEST_CASE("outcome: an OperationOutcome's first error, in the words most people read", "[fhir][rest][unit]") {
  CHECK(
      fhir::outcome_text(
          R"({"resourceType":"OperationOutcome","issue":[{"severity":"warning","diagnostics":"old"},{"severity":"error","code":"invalid","diagnostics":"status is missing"}]})"
      ) == "status is missing"
  );
  CHECK(
      fhir::outcome_text(
          R"({"resourceType":"OperationOutcome","issue":[{"severity":"fatal","code":"invalid","details":{"text":"no"},"diagnostics":"yes"}]})"
      ) == "no"
  );
  CHECK(
      fhir::outcome_text(R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid"}]})") ==
      "invalid"
  );
}

TEST_CASE("outcome: pages and plain text become one line without control characters", "[fhir][rest][unit]") {
  CHECK(fhir::outcome_text(" <html><head><title>502 Bad\n gateway</title>") == "502 Bad gateway");
  CHECK(fhir::outcome_text("<p>sorry") == "a page of HTML");
  CHECK(fhir::outcome_text("not\r\n\x1b[31mnow") == "not [31mnow");
  CHECK(fhir::outcome_text("").empty());
  CHECK(fhir::outcome_text(R"({"error":"x"})").empty());
}

TEST_CASE("outcome: long texts are cut where a character ends", "[fhir][rest][unit]") {
  std::string text = "a";
  for (int i = 0; i < 500; ++i) text += "ä";
  std::string cut = fhir::outcome_text(text);
  CHECK(cut.size() <= 203);
  CHECK(cut.substr(cut.size() - 5) == "ä…");
}

TEST_CASE("outcome: what may come with a success is nothing, a resource, or remarks", "[fhir][rest][unit]") {
  CHECK(fhir::may_be_success(""));
  CHECK(fhir::may_be_success(R"({"resourceType":"Observation"})"));
  CHECK(fhir::may_be_success(R"({"resourceType":"OperationOutcome","issue":[{"severity":"information"}]})"));
  CHECK_FALSE(fhir::may_be_success(R"({"resourceType":"OperationOutcome","issue":[{"severity":"error"}]})"));
  CHECK_FALSE(fhir::may_be_success("<html>"));
  CHECK_FALSE(fhir::may_be_success("{}"));
}
