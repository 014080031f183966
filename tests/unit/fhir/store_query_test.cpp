#include "core/fhir/store_query.hpp"

#include <catch2/catch.hpp>

#include "core/fhir/observation_writer.hpp"
#include "core/fhir/sqlite_store.hpp"
#include "core/group/open_groups.hpp"
#include "tests/unit/fhir/support.hpp"
#include "tests/unit/temporary_folder.hpp"

using namespace aorta;
using namespace aorta::fhir::testing;

namespace {

// A store with three readings of one patient.
struct Ward {
  TemporaryFolder folder;
  std::unique_ptr<fhir::SqliteStore> store = *fhir::SqliteStore::open({folder.file("ward.db")});
  fhir::ObservationMapping mapping = mapping_with(R"("value":{"valueType":"Quantity","valueName":"hr","unit":"/min"})");

  Ward() {
    fhir::ObservationWriter writer(mapping, *store, {});
    std::vector<mapping::Measurement> readings = {
        reading("2024-03-05T10:00:00Z", "hr", "70"), reading("2024-03-05T12:00:00Z", "hr", "72.50"),
        reading("2024-03-05T11:00:00Z", "hr", "71")};
    auto groups = group::make_groups(readings);
    REQUIRE(writer.write(groups.front()).has_value());
  }
  std::vector<fhir::ObservationRow> query(const fhir::ObservationQuery& query) const {
    auto reader = fhir::StoreReader::open(folder.file("ward.db"));
    REQUIRE(reader.has_value());
    auto rows = reader->observations(query);
    REQUIRE(rows.has_value());
    return *rows;
  }
};

fhir::ObservationQuery query_for(std::optional<std::string> patient, std::optional<std::string> code = std::nullopt) {
  fhir::ObservationQuery out;
  out.patient = std::move(patient);
  out.code = std::move(code);
  return out;
}

}  // namespace

TEST_CASE("store query: rows stand in order of time, with the names people know", "[fhir][unit]") {
  Ward ward;
  auto rows = ward.query(query_for("mrn-1", "8867-4"));
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].value == "70");
  CHECK(rows[2].value == "72.50");
  CHECK(rows[2].unit == "/min");
  CHECK(rows[2].patient == "mrn-1");
  CHECK(rows[2].device == "cuff-1");
  CHECK(rows[2].code == "8867-4");
  CHECK(rows[2].name == "hr");
  CHECK(rows[2].status == "final");
  CHECK(iso_text(rows[2].start) == "2024-03-05T12:00:00Z");
}

TEST_CASE("store query: a code of one system, the newest so many", "[fhir][unit]") {
  Ward ward;
  fhir::ObservationQuery query = query_for("mrn-1", "8867-4");
  query.system = "http://loinc.org";
  CHECK(ward.query(query).size() == 3);
  query.limit = 1;
  auto rows = ward.query(query);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].value == "72.50");
  for (const char* other : {"", "http://snomed.info/sct"}) {
    query.system = other;
    CHECK(ward.query(query).empty());
  }
}

TEST_CASE("store query: all that is asked must hold", "[fhir][unit]") {
  Ward ward;
  CHECK(ward.query(query_for("nobody")).empty());
  CHECK(ward.query(query_for(std::nullopt, "8867")).empty());
  fhir::ObservationQuery late;
  late.device = "cuff-1";
  late.from = at("2024-03-05T10:30:00Z");
  late.until = at("2024-03-05T12:00:00Z");
  REQUIRE(ward.query(late).size() == 1);
  fhir::ObservationQuery newest;
  newest.limit = 2;
  auto rows = ward.query(newest);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].value == "71");
}

TEST_CASE("store query: export gives every resource, by type and id", "[fhir][unit]") {
  Ward ward;
  auto reader = fhir::StoreReader::open(ward.folder.file("ward.db"));
  std::vector<std::string> types;
  REQUIRE(reader
              ->export_all([&](std::string_view json) -> Result<void> {
                types.emplace_back(json.substr(0, 26));
                return {};
              })
              .has_value());
  REQUIRE(types.size() == 5);
  CHECK(types.front().find("Device") != std::string::npos);
  CHECK(types.back().find("Patient") != std::string::npos);
}

TEST_CASE("store query: a store that is not there is named", "[fhir][unit]") {
  TemporaryFolder folder;
  CHECK(fhir::StoreReader::open(folder.file("no.db")).error().reason() == "store-missing");
}

TEST_CASE("store query: resources are read and found as the store itself finds them", "[fhir][unit]") {
  Ward ward;
  auto reader = fhir::StoreReader::open(ward.folder.file("ward.db"));
  REQUIRE(reader.has_value());
  auto newest = reader->resources([] {
    fhir::ObservationQuery query;
    query.limit = 1;
    return query;
  }());
  REQUIRE(newest.has_value());
  REQUIRE(newest->size() == 1);
  const fhir::Resource& one = newest->front();
  CHECK(one.version == "1");
  CHECK(one.json.find("72.50") != std::string::npos);
  auto read = reader->read("Observation", one.id);
  REQUIRE(read.has_value());
  REQUIRE(read->has_value());
  CHECK((*read)->json == one.json);
  CHECK_FALSE(reader->read("Observation", "nobody")->has_value());
  auto found = reader->search("Patient", {{}, "mrn-1"});
  REQUIRE(found.has_value());
  REQUIRE(found->size() == 1);
  auto as_stored = ward.store->search("Patient", {{}, "mrn-1"});
  CHECK(found->front().id == as_stored->front().id);
  CHECK(reader->search("Patient", {"http://other", "mrn-1"})->empty());
}
