#include "core/fhir/sqlite_store.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "core/fhir/resource_id.hpp"
#include "core/fhir/store_query.hpp"
#include "tests/unit/temporary_folder.hpp"

using namespace aorta;
using fhir::Expect;
using fhir::Resource;

namespace {

Resource patient(std::string id, std::string value) {
  std::string json =
      R"({"resourceType":"Patient","id":")" + id + R"(","identifier":[{"system":"s","value":")" + value + R"("}]})";
  return {"Patient", std::move(id), {}, std::move(json)};
}

std::unique_ptr<fhir::SqliteStore> opened(const std::string& path, std::int64_t max_bytes = 0) {
  auto store = fhir::SqliteStore::open({path, max_bytes});
  REQUIRE(store.has_value());
  return std::move(*store);
}

std::string reason(const fhir::SqliteOptions& options) {
  auto store = fhir::SqliteStore::open(options);
  return store.has_error() ? std::string(store.error().reason()) : "opened";
}

std::int64_t identifier_rows(const std::string& path) {
  auto db = sqlite::Database::open(path, sqlite::Database::Mode::Read);
  return *db->number("SELECT count(*) FROM identifier");
}

}  // namespace

TEST_CASE("sqlite store: versions count writes, and expectations hold", "[fhir][unit]") {
  TemporaryFolder folder;
  auto store = opened(folder.file("deep/down/store.db"));
  auto first = store->save(patient("p1", "mrn-1"), Expect::absent());
  REQUIRE(first.has_value());
  CHECK(first->version == "1");
  CHECK(first->json.find(R"("meta":{"versionId":"1","lastUpdated":")") != std::string::npos);
  CHECK(store->save(patient("p1", "mrn-1"), Expect::absent()).error().reason() == "conflict");
  CHECK(store->save(patient("p1", "mrn-2"), Expect::exactly("1"))->version == "2");
  CHECK(store->save(patient("p1", "mrn-2"), Expect::exactly("1")).error().reason() == "conflict");
  CHECK(store->search("Patient", {"", "mrn-1"})->empty());
  CHECK(store->search("Patient", {"", "mrn-2"})->size() == 1);
  CHECK(store->search("Patient", {"other", "mrn-2"})->empty());
  CHECK(store->search("Device", {"", "mrn-2"})->empty());
}

TEST_CASE("sqlite store: texts are kept without white space at their ends", "[fhir][unit]") {
  TemporaryFolder folder;
  auto store = opened(folder.file("store.db"));
  auto saved = store->save(patient("p1", " mrn\t1 "), Expect::absent());
  REQUIRE(saved.has_value());
  CHECK(saved->json.find(R"("value":"mrn\t1")") != std::string::npos);
  CHECK(store->search("Patient", {"s", "mrn\t1"})->size() == 1);
  CHECK(store->search("Patient", {"s", " mrn\t1\n"})->size() == 1);
}

TEST_CASE(
    "sqlite store: an identifier that leads to the resource's own id needs no row, and is found all the same",
    "[fhir][unit]"
) {
  TemporaryFolder folder;
  auto store = opened(folder.file("store.db"));
  fhir::Identifier own{std::string(fhir::kConnectorSystem), "p.d.hr.1"};
  std::string id = fhir::resource_id(own);
  auto json = [](const std::string& at, const std::string& more) {
    return R"({"resourceType":"Observation","id":")" + at + R"(","identifier":[{"system":")" +
           std::string(fhir::kConnectorSystem) + R"(","value":"p.d.hr.1"})" + more + "]}";
  };
  REQUIRE(store->begin().has_value());
  CHECK(store->search("Observation", own)->empty());
  Resource first{"Observation", id, {}, json(id, R"(,{"system":"s","value":"other"})")};
  REQUIRE(store->save(first, Expect::absent()).has_value());
  CHECK(store->save(first, Expect::absent()).error().reason() == "conflict");
  REQUIRE(store->commit().has_value());
  CHECK(store->search("Observation", own)->size() == 1);
  CHECK(store->search("Observation", {"", "p.d.hr.1"})->size() == 1);
  CHECK(store->search("Observation", {own.system, " p.d.hr.1 "})->size() == 1);
  CHECK(store->search("Observation", {"s", "p.d.hr.1"})->empty());
  CHECK(store->search("Device", own)->empty());
  CHECK(store->search("Observation", {"s", "other"})->front().id == id);
  // Another one that carries it stands elsewhere: both are told, by id.
  REQUIRE(store->save({"Observation", "elsewhere", {}, json("elsewhere", "")}, Expect::absent()).has_value());
  CHECK(store->search("Observation", own)->size() == 2);
  CHECK(store->search("Observation", {"", "p.d.hr.1"})->back().id == "elsewhere");
  // Taken away, it is found no more.
  REQUIRE(
      store->save({"Observation", id, {}, R"({"resourceType":"Observation","id":")" + id + "\"}"}, Expect::exactly("1"))
          .has_value()
  );
  CHECK(store->search("Observation", own)->front().id == "elsewhere");
  CHECK(store->search("Observation", {"s", "other"})->empty());
}

TEST_CASE("sqlite store: a rollback forgets what was missing before it", "[fhir][unit]") {
  TemporaryFolder folder;
  auto store = opened(folder.file("store.db"));
  fhir::Identifier own{std::string(fhir::kConnectorSystem), "v"};
  Resource one{"Observation", fhir::resource_id(own), {}, {}};
  one.json = R"({"resourceType":"Observation","id":")" + one.id + "\"}";
  REQUIRE(store->begin().has_value());
  CHECK(store->search("Observation", own)->empty());
  store->rollback();
  REQUIRE(store->save(one, Expect::absent()).has_value());
  REQUIRE(store->begin().has_value());
  CHECK(store->save(one, Expect::absent()).error().reason() == "conflict");
  store->rollback();
}

TEST_CASE(
    "sqlite store: in a flush too, a resource is found by the identifiers of its newest version alone", "[fhir][unit]"
) {
  bool searched = GENERATE(true, false);
  TemporaryFolder folder;
  auto store = opened(folder.file("store.db"));
  auto found_by = [&](const char* value) { return store->search("Patient", {"s", value})->size(); };
  REQUIRE(store->save(patient("p", "a"), Expect::absent()).has_value());
  REQUIRE(store->begin().has_value());
  if (searched) CHECK(found_by("a") == 1);
  CHECK(store->save(patient("p", "b"), Expect::exactly("2")).error().reason() == "conflict");
  REQUIRE(store->save(patient("p", "b"), Expect::exactly("1")).has_value());
  if (searched) CHECK(found_by("b") == 1);
  REQUIRE(store->save(patient("p", "c"), Expect::exactly("2")).has_value());
  REQUIRE(store->save(patient("p", "d"), Expect::exactly("3")).has_value());
  CHECK(found_by("a") + found_by("b") + found_by("c") == 0);
  CHECK(found_by("d") == 1);
  store->rollback();
  CHECK(found_by("a") == 1);
  REQUIRE(store->save(patient("p", "e"), Expect::exactly("1")).has_value());
  CHECK(found_by("a") + found_by("d") == 0);
  CHECK(found_by("e") == 1);
  store.reset();
  CHECK(identifier_rows(folder.file("store.db")) == 1);
}

TEST_CASE("sqlite store: a file of version 1 goes on, and is marked", "[fhir][unit]") {
  TemporaryFolder folder;
  std::string path = folder.file("store.db");
  REQUIRE(opened(path)->save(patient("p1", "mrn-1"), Expect::absent()).has_value());
  {
    auto db = sqlite::Database::open(path, sqlite::Database::Mode::Write);
    REQUIRE(
        db->run("CREATE INDEX identifier_by_resource ON identifier (resource); PRAGMA user_version = 1;").has_value()
    );
  }
  auto store = opened(path);
  CHECK(store->save(patient("p1", "mrn-2"), Expect::exactly("1")).has_value());
  CHECK(store->search("Patient", {"s", "mrn-1"})->empty());
  CHECK(store->search("Patient", {"s", "mrn-2"})->size() == 1);
  auto db = sqlite::Database::open(path, sqlite::Database::Mode::Read);
  CHECK(*db->number("PRAGMA user_version") == 3);
}

TEST_CASE("sqlite store: what was committed is there again, what was rolled back is not", "[fhir][unit]") {
  TemporaryFolder folder;
  {
    auto store = opened(folder.file("store.db"));
    REQUIRE(store->begin().has_value());
    REQUIRE(store->save(patient("kept", "a"), Expect::absent()).has_value());
    REQUIRE(store->commit().has_value());
    REQUIRE(store->begin().has_value());
    REQUIRE(store->save(patient("lost", "b"), Expect::absent()).has_value());
    store->rollback();
  }
  auto store = opened(folder.file("store.db"));
  CHECK((*store->read("Patient", "kept")).has_value());
  CHECK_FALSE((*store->read("Patient", "lost")).has_value());
}

TEST_CASE("sqlite store: a second writer is told whose file it is", "[fhir][unit]") {
  TemporaryFolder folder;
  auto store = opened(folder.file("store.db"));
  auto second = fhir::SqliteStore::open({folder.file("store.db")});
  CHECK(second.error().reason() == "store-in-use");
  CHECK(std::string(second.error().message()).find(folder.file("store.db")) != std::string::npos);
}

TEST_CASE("sqlite store: what is no store of ours is left as it is", "[fhir][unit]") {
  TemporaryFolder folder;
  std::ofstream(folder.file("text.db")) << "these are no pages";
  CHECK(reason({folder.file("text.db")}) == "store-not-a-database");
  CHECK(std::filesystem::file_size(folder.file("text.db")) == 18);
  CHECK(reason({folder.path().string()}) == "store-not-a-database");
  auto foreign = sqlite::Database::open(folder.file("foreign.db"), sqlite::Database::Mode::Write);
  REQUIRE(foreign->run("CREATE TABLE t (a); PRAGMA application_id = 7;").has_value());
  CHECK(reason({folder.file("foreign.db")}) == "store-foreign");
  CHECK_FALSE(std::filesystem::exists(folder.file("text.db.lock")));
}

TEST_CASE("sqlite store: a full one says so, and keeps no part of the flush", "[fhir][unit]") {
  TemporaryFolder folder;
  auto store = opened(folder.file("store.db"), 256 * 1024);
  REQUIRE(store->save(patient("before", "a"), Expect::absent()).has_value());
  REQUIRE(store->begin().has_value());
  Result<Resource> saved = patient("x", "x");
  for (int i = 0; i < 10'000 && saved.has_value(); ++i)
    saved = store->save(patient("p" + std::to_string(i), std::string(500, 'v')), Expect::absent());
  REQUIRE(saved.has_error());
  CHECK(saved.error().reason() == "store-full");
  CHECK(saved.error().retryable());
  store->rollback();
  CHECK_FALSE((*store->read("Patient", "p0")).has_value());
  CHECK((*store->read("Patient", "before")).has_value());
}

TEST_CASE("sqlite store: a resource that is none is refused alone", "[fhir][unit]") {
  TemporaryFolder folder;
  auto store = opened(folder.file("store.db"));
  CHECK(store->save({"Patient", "p", {}, "{"}, Expect::absent()).error().reason() == "store-rejected");
  CHECK(
      store->save({"Patient", "p", {}, R"({"resourceType":"Device","id":"p"})"}, Expect::absent()).error().reason() ==
      "store-rejected"
  );
}

TEST_CASE("sqlite store: a long resource is packed, and is the same to all who ask for it", "[fhir][unit]") {
  TemporaryFolder folder;
  const std::string path = folder.file("store.db");
  const std::string data = std::string(50'000, 'E');
  auto observation = [&](const std::string& more) {
    return Resource{
        "Observation",
        "o1",
        {},
        R"({"resourceType":"Observation","id":"o1","identifier":[{"system":"s","value":"v"}],)"
        R"("valueString":")" +
            data + more + "\"}"};
  };
  {
    auto store = opened(path);
    REQUIRE(store->save(observation(""), Expect::absent()).has_value());
    REQUIRE(store->save(observation("2"), Expect::exactly("1")).has_value());
    CHECK(store->read("Observation", "o1")->value().json.find(data + "2") != std::string::npos);
    CHECK(store->search("Observation", {"s", "v"})->front().json.find(data + "2") != std::string::npos);
  }
  CHECK(std::filesystem::file_size(path) < 2 * data.size());
  auto reader = fhir::StoreReader::open(path);
  std::size_t found = 0;
  REQUIRE(reader
              ->export_all([&](std::string_view json) -> Result<void> {
                found += json.find(data + "2") != std::string_view::npos;
                return {};
              })
              .has_value());
  CHECK(found == 1);
}
