#include "core/fhir/store.hpp"

#include <catch2/catch.hpp>

#include "core/fhir/memory_store.hpp"

using namespace aorta;
using fhir::Expect;

namespace {

// Begins and ends as a store does whose calls are no journeys; notes what it was asked.
class Plain : public fhir::MemoryStore {
 public:
  Result<std::vector<fhir::Resource>> search(std::string_view type, const fhir::Identifier& identifier) override {
    asked.push_back(identifier.value);
    if (identifier.value == "broken") return Error("store-corrupt", "this one cannot be looked for");
    return MemoryStore::search(type, identifier);
  }
  std::vector<std::string> asked;
};

fhir::Resource patient(const std::string& id) {
  return {
      "Patient",
      id,
      {},
      R"({"resourceType":"Patient","id":")" + id + R"(","identifier":[{"value":"mrn-)" + id + R"("}]})"};
}

}  // namespace

TEST_CASE("store: many saves are one after the other, and one that fails hinders none", "[fhir][unit]") {
  Plain store;
  REQUIRE(store.save(patient("b"), Expect::absent()).has_value());
  std::vector<fhir::Save> saves{
      {patient("a"), Expect::absent()},
      {patient("b"), Expect::absent()},
      {{"Patient", "c", {}, "no JSON"}, Expect::absent()},
      {patient("d"), Expect::exactly("1")},
      {patient("e"), Expect::absent()},
  };
  auto saved = store.save_all(saves);
  REQUIRE(saved.size() == saves.size());
  CHECK(saved[0]->id == "a");
  CHECK(saved[0]->version == "1");
  CHECK(saved[1].error().reason() == "conflict");
  CHECK(saved[2].error().reason() == "store-rejected");
  CHECK(saved[3].error().reason() == "conflict");
  CHECK(saved[4]->id == "e");
  CHECK(store.all().size() == 3);
  CHECK(store.save_all({}).empty());
}

TEST_CASE("store: many searches are answered in their order", "[fhir][unit]") {
  Plain store;
  for (const char* id : {"a", "b"}) REQUIRE(store.save(patient(id), Expect::absent()).has_value());
  std::vector<fhir::Query> queries{
      {"Patient", {"", "mrn-b"}, {}},
      {"Patient", {"", "broken"}, {}},
      {"Patient", {"", "mrn-x"}, "a"},
      {"Patient", {"", "mrn-a"}, {}}};
  auto found = store.search_all(queries);
  REQUIRE(found.size() == queries.size());
  CHECK(found[0]->front().id == "b");
  CHECK(found[1].error().reason() == "store-corrupt");
  CHECK(found[2]->empty());
  CHECK(found[3]->front().id == "a");
  CHECK(store.asked == std::vector<std::string>{"mrn-b", "broken", "mrn-x", "mrn-a"});
}
