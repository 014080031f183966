#include "core/fhir/observation_saver.hpp"

#include <catch2/catch.hpp>

#include "core/fhir/memory_store.hpp"
#include "core/fhir/resource_id.hpp"
#include "core/group/open_groups.hpp"
#include "tests/unit/fhir/support.hpp"

using namespace aorta;
using namespace aorta::fhir::testing;

namespace {

// Counts journeys, and may let somebody else be faster for a while.
class Journeys : public fhir::MemoryStore {
 public:
  std::vector<Result<std::vector<fhir::Resource>>> search_all(std::span<const fhir::Query> queries) override {
    searches.push_back(queries.size());
    return MemoryStore::search_all(queries);
  }
  std::vector<Result<fhir::Resource>> save_all(std::span<const fhir::Save> all) override {
    saves.push_back(all.size());
    return MemoryStore::save_all(all);
  }
  Result<fhir::Resource> save(const fhir::Resource& resource, const fhir::Expect& expect) override {
    if (conflicts > 0 && resource.type == "Observation") {
      --conflicts;
      return Error("conflict", "somebody was faster");
    }
    return MemoryStore::save(resource, expect);
  }

  std::vector<std::size_t> searches, saves;
  int conflicts = 0;
};

constexpr std::string_view kQuantity = R"("value":{"valueType":"Quantity","valueName":"hr"})";
constexpr std::string_view kSeries =
    R"("periodInterval":60,"value":{"valueType":"SampledData","valueName":"hr","defaultPeriod":1000,"unit":"/min"})";

group::GroupList groups_of(const std::vector<mapping::Measurement>& all) { return group::make_groups(all); }

std::vector<const group::Group*> pointers(const group::GroupList& groups) {
  std::vector<const group::Group*> out;
  for (const group::Group& group : groups) out.push_back(&group);
  return out;
}

mapping::Measurement reading_of(std::string device, std::string_view time, std::string value) {
  mapping::Measurement m = reading(time, "hr", std::move(value));
  m.device = std::move(device);
  return m;
}

}  // namespace

TEST_CASE("observation saver: a flush of many devices is a few journeys", "[fhir][unit]") {
  auto mapping = mapping_with(kQuantity);
  Journeys store;
  fhir::ObservationWriter writer(mapping, store, {});
  std::vector<mapping::Measurement> all;
  for (int i = 0; i < 50; ++i) all.push_back(reading_of("d" + std::to_string(i), "2024-03-05T10:00:00Z", "70"));
  auto groups = groups_of(all);
  auto endings = writer.write(pointers(groups));
  REQUIRE(endings.has_value());
  CHECK(endings->size() == 50);
  // Devices, (no) encounters, the one patient of all, Observations.
  CHECK(store.searches == std::vector<std::size_t>{50, 0, 1, 50});
  CHECK(store.saves == std::vector<std::size_t>{1, 50, 50});
}

TEST_CASE("observation saver: groups that mean the same Observation take turns", "[fhir][unit]") {
  auto mapping = mapping_with(kSeries);
  Journeys store;
  fhir::ObservationWriter writer(mapping, store, {});
  auto first = reading("2024-03-05T10:00:00Z", "hr", "70");
  auto second = reading("2024-03-05T10:00:02Z", "hr", "72");
  second.patient = "mrn-2";  // another group; the device says whose Observation it is
  auto groups = groups_of({first, second});
  REQUIRE(groups.size() == 2);
  auto endings = writer.write(pointers(groups));
  REQUIRE(endings.has_value());
  CHECK((*endings)[0][0].kind == fhir::Ending::Kind::Written);
  CHECK((*endings)[1][0].kind == fhir::Ending::Kind::Merged);
  for (std::size_t saved : store.saves) CHECK(saved <= 1);
  CHECK(writer.counts().observations_created == 1);
  CHECK(writer.counts().observations_updated == 1);
}

TEST_CASE("observation saver: one Observation with the identifiers of two takes their turns", "[fhir][unit]") {
  auto mapping = mapping_with(kQuantity);
  fhir::IdentityOptions lookup{.mode = fhir::IdentityMode::Lookup};
  auto groups = groups_of({reading("2024-03-05T10:00:00Z", "hr", "70"), reading("2024-03-05T10:00:01Z", "hr", "71")});
  Journeys store;
  REQUIRE(
      store
          .put(
              {"Device",
               "d",
               {},
               R"({"resourceType":"Device","id":"d","identifier":[{"value":"cuff-1"}],"patient":{"reference":"Patient/p"}})"}
          )
          .has_value()
  );
  std::string identifiers;
  for (std::string_view segment : {"20240305100000Z", "20240305100001Z"}) {
    fhir::Identifier one =
        fhir::observation_identifier("p", "d", "hr", std::string(segment) + "." + std::string(segment));
    identifiers +=
        (identifiers.empty() ? "{" : ",{") + ("\"system\":\"" + one.system) + "\",\"value\":\"" + one.value + "\"}";
  }
  REQUIRE(
      store
          .put(
              {"Observation",
               "both",
               {},
               R"({"resourceType":"Observation","id":"both","status":"final","effectiveDateTime":"2024-03-05T10:00:00Z","valueQuantity":{"value":1},"identifier":[)" +
                   identifiers + "]}"}
          )
          .has_value()
  );
  fhir::ObservationWriter writer(mapping, store, lookup);
  auto endings = writer.write(pointers(groups));
  REQUIRE(endings.has_value());
  CHECK(store.all().size() == 2);
  CHECK(writer.counts().observations_updated == 2);
  CHECK(store.saves == std::vector<std::size_t>{1, 1});
}

TEST_CASE("observation saver: conflicts are tried again, and not for ever", "[fhir][unit]") {
  auto mapping = mapping_with(kQuantity);
  auto groups = groups_of({reading("2024-03-05T10:00:00Z", "hr", "70")});
  Journeys store;
  store.conflicts = 4;
  fhir::ObservationWriter patient(mapping, store, {}, 5);
  CHECK(patient.write(groups.front())->front().kind == fhir::Ending::Kind::Written);
  Journeys lost;
  lost.conflicts = 5;
  fhir::ObservationWriter hasty(mapping, lost, {}, 5);
  CHECK(hasty.write(groups.front())->front().error.reason() == "observation/conflict");
}
