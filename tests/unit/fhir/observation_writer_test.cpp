#include "core/fhir/observation_writer.hpp"

#include <catch2/catch.hpp>

#include "core/fhir/memory_store.hpp"
#include "core/group/open_groups.hpp"
#include "tests/unit/fhir/support.hpp"

using namespace aorta;
using namespace aorta::fhir::testing;

namespace {

using Kind = fhir::Ending::Kind;

// Holds one group.
group::GroupList group_of(const std::vector<mapping::Measurement>& measurements) {
  return group::make_groups(measurements);
}

// Lets somebody else write first, once.
class RacedStore : public fhir::MemoryStore {
 public:
  Result<fhir::Resource> save(const fhir::Resource& resource, const fhir::Expect& expect) override {
    if (resource.type == "Observation" && !std::exchange(raced_, true)) {
      fhir::Resource other = resource;
      other.json.replace(other.json.find("E 70"), 4, "69 E");
      REQUIRE(MemoryStore::save(other, {fhir::Expect::State::Anything, {}}).has_value());
    }
    return MemoryStore::save(resource, expect);
  }

 private:
  bool raced_ = false;
};

constexpr std::string_view kQuantity = R"("value":{"valueType":"Quantity","valueName":"hr"})";

}  // namespace

TEST_CASE("observation writer: a bad reading does not stop the others", "[fhir][unit]") {
  auto mapping = mapping_with(kQuantity);
  fhir::MemoryStore store;
  fhir::ObservationWriter writer(mapping, store, {});
  auto endings =
      writer.write(group_of({reading("2024-03-05T10:00:00Z", "hr", "70"), reading("2024-03-05T10:00:01Z", "hr", "bad"),
                             reading("2024-03-05T10:00:02Z", "hr", "72")})
                       .front());
  REQUIRE(endings.has_value());
  CHECK((*endings)[0].kind == Kind::Written);
  CHECK((*endings)[1].kind == Kind::Failed);
  CHECK((*endings)[1].error.reason() == "observation/value-not-a-number");
  CHECK((*endings)[2].kind == Kind::Written);
  CHECK(writer.counts().observations_created == 2);
}

TEST_CASE("observation writer: the same again changes nothing", "[fhir][unit]") {
  auto mapping = mapping_with(kQuantity);
  fhir::MemoryStore store;
  fhir::ObservationWriter writer(mapping, store, {});
  auto group = group_of({reading("2024-03-05T10:00:00Z", "hr", "70")});
  REQUIRE(writer.write(group.front()).has_value());
  auto again = writer.write(group.front());
  CHECK(again->front().kind == Kind::Merged);
  CHECK(writer.counts().observations_unchanged == 1);
}

TEST_CASE("observation writer: an unknown type and a missing patient are named", "[fhir][unit]") {
  auto mapping = mapping_with(kQuantity);
  fhir::MemoryStore store;
  fhir::ObservationWriter writer(mapping, store, {});
  auto other = reading("2024-03-05T10:00:00Z", "hr", "70");
  other.type = "spo2";
  CHECK(writer.write(group_of({other}).front())->front().error.reason() == "observation/no-fhir-template");
  auto nobody = reading("2024-03-05T10:00:00Z", "hr", "70");
  nobody.device = "cuff-2";
  nobody.patient.reset();
  CHECK(writer.write(group_of({nobody}).front())->front().error.reason() == "identity/patient-not-defined");
}

TEST_CASE("observation writer: who loses a race reads again and merges", "[fhir][unit]") {
  auto mapping =
      mapping_with(R"("periodInterval":60,"value":{"valueType":"SampledData","valueName":"hr","defaultPeriod":600000})"
      );
  RacedStore store;
  fhir::ObservationWriter writer(mapping, store, {});
  auto endings = writer.write(group_of({reading("2024-03-05T10:10:00Z", "hr", "70")}).front());
  CHECK(endings->front().kind == Kind::Merged);
  for (const fhir::Resource& resource : store.all()) {
    if (resource.type == "Observation") CHECK(resource.json.find("69 70 E E E E") != std::string::npos);
  }
}
