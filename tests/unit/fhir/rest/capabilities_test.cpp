#include "core/fhir/rest/capabilities.hpp"

#include <catch2/catch.hpp>

using namespace aorta;

namespace {

fhir::Capabilities says(std::string_view rest) {
  return *fhir::read_capabilities(
      R"({"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","rest":[)" + std::string(rest) + "]}"
  );
}

}  // namespace

TEST_CASE("capabilities: batches before transactions before single requests", "[fhir][rest][unit]") {
  auto bundles = [](std::string_view codes) {
    return fhir::resolve({}, says(R"({"mode":"server","interaction":[)" + std::string(codes) + "]}")).bundles;
  };
  CHECK(bundles(R"({"code":"transaction"},{"code":"batch"})") == fhir::Bundles::Batch);
  CHECK(bundles(R"({"code":"transaction"})") == fhir::Bundles::Transaction);
  CHECK(bundles(R"({"code":"search-system"})") == fhir::Bundles::Off);
}

TEST_CASE("capabilities: what is not said is taken for granted", "[fhir][rest][unit]") {
  fhir::RestOptions options = fhir::resolve({}, says(R"({"mode":"server"})"));
  CHECK(options.find_by == fhir::FindBy::Identifier);
  CHECK(options.versions == fhir::Versions::Checked);
  CHECK(options.ids == fhir::Ids::Auto);
}

TEST_CASE("capabilities: what is said of Observation counts", "[fhir][rest][unit]") {
  fhir::RestOptions options = fhir::resolve(
      {},
      says(
          R"({"mode":"server","resource":[{"type":"Patient","updateCreate":true},{"type":"Observation","versioning":"no-version","updateCreate":false,"searchParam":[{"name":"_id"}]}]})"
      )
  );
  CHECK(options.find_by == fhir::FindBy::Id);
  CHECK(options.versions == fhir::Versions::Unchecked);
  CHECK(options.ids == fhir::Ids::Server);
}

TEST_CASE("capabilities: what was configured stays", "[fhir][rest][unit]") {
  fhir::RestOptions wanted{.bundles = fhir::Bundles::Off, .ids = fhir::Ids::Client};
  fhir::RestOptions options = fhir::resolve(
      wanted, says(R"({"interaction":[{"code":"batch"}],"resource":[{"type":"Observation","updateCreate":false}]})")
  );
  CHECK(options.bundles == fhir::Bundles::Off);
  CHECK(options.ids == fhir::Ids::Client);
}

TEST_CASE("capabilities: other answers are none", "[fhir][rest][unit]") {
  for (std::string_view text : {"", "<html>", "{}", "[]", "7", R"({"resourceType":"OperationOutcome"})"})
    CHECK_FALSE(fhir::read_capabilities(text).has_value());
}
