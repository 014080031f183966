#include <catch2/catch.hpp>

#include "core/fhir/observation.hpp"
#include "tests/unit/fhir/support.hpp"

using namespace aorta;
using namespace aorta::fhir::testing;

namespace {

constexpr std::string_view kStream = R"("value":{"valueType":"SampledData","valueName":"hr","defaultPeriod":600000})";
constexpr std::string_view kExisting =
    R"({"resourceType":"Observation","id":"o1","status":"final","note":[{"text":"checked"}],)"
    R"("effectivePeriod":{"start":"2024-03-05T10:00:00.0000000Z","end":"2024-03-05T10:59:59.9999999Z"},)"
    R"("valueSampledData":{"origin":{"value":5.0},"period":600000,"dimensions":1,"data":"E 61 E E E E"}})";

OneSeries hour_with(std::string_view time, std::string value) {
  group::Boundary hour{at("2024-03-05T10:00:00Z"), at("2024-03-05T10:59:59.9999999Z")};
  return OneSeries("hr", hour, "hr", {{at(time), std::move(value)}});
}

}  // namespace

TEST_CASE("merge: new samples join the stored stream, all else stays", "[fhir][unit]") {
  auto mapping = mapping_with(kStream);
  auto merged = fhir::merge_observation(
      *mapping.find("hr"), hour_with("2024-03-05T10:30:00Z", "66"), kExisting, fhir::Amend::WhenChanged
  );
  REQUIRE(merged.has_value());
  CHECK(merged->changed);
  CHECK(merged->json.find(R"("data":"E 61 E 66 E E")") != std::string::npos);
  CHECK(merged->json.find(R"("status":"amended")") != std::string::npos);
  CHECK(merged->json.find(R"("origin":{"value":5.0})") != std::string::npos);
  CHECK(merged->json.find("checked") != std::string::npos);
}

TEST_CASE("merge: the same sample again changes nothing", "[fhir][unit]") {
  auto mapping = mapping_with(kStream);
  auto merged = fhir::merge_observation(
      *mapping.find("hr"), hour_with("2024-03-05T10:10:00Z", "61"), kExisting, fhir::Amend::WhenChanged
  );
  CHECK_FALSE(merged->changed);
  CHECK(merged->json == kExisting);
}

TEST_CASE("merge: a stored value of another kind is refused by name", "[fhir][unit]") {
  auto mapping = mapping_with(R"("value":{"valueType":"Quantity","valueName":"hr"})");
  auto merged = fhir::merge_observation(
      *mapping.find("hr"), hour_with("2024-03-05T10:10:00Z", "61"), kExisting, fhir::Amend::WhenChanged
  );
  CHECK(merged.error().reason() == "existing-value-other-kind");
  CHECK(
      fhir::merge_observation(*mapping.find("hr"), hour_with("2024-03-05T10:10:00Z", "61"), "[]", fhir::Amend::No)
          .error()
          .reason() == "existing-not-readable"
  );
}

TEST_CASE("merge: an identifier with a use is not exactly the same", "[fhir][unit]") {
  fhir::Identifier wanted{"s", "v"};
  CHECK(fhir::has_exact_identifier(R"({"identifier":[{"value":"v","system":"s"}]})", wanted));
  CHECK_FALSE(fhir::has_exact_identifier(R"({"identifier":[{"value":"v","system":"s","use":"usual"}]})", wanted));
}

TEST_CASE("merge: a stream grows by the samples that come later", "[fhir][unit]") {
  auto mapping = mapping_with(kStream);
  std::string stored =
      R"({"resourceType":"Observation","status":"final","effectivePeriod":{"start":"2024-03-05T10:00:00Z",)"
      R"("end":"2024-03-05T10:10:00Z"},"valueSampledData":{"period":600000,"data":"60 61"}})";
  for (int minute : {20, 40}) {
    std::string time = "2024-03-05T10:" + std::to_string(minute) + ":00Z";
    group::Boundary alone{at(time), at(time)};
    OneSeries next("hr", alone, "hr", {{at(time), std::to_string(minute)}});
    auto merged = fhir::merge_observation(*mapping.find("hr"), next, stored, fhir::Amend::WhenChanged);
    REQUIRE(merged.has_value());
    CHECK(merged->changed);
    stored = merged->json;
  }
  CHECK(stored.find(R"("data":"60 61 20 E 40")") != std::string::npos);
  CHECK(stored.find(R"("end":"2024-03-05T10:40:00.0000000Z")") != std::string::npos);
}
