#include "core/fhir/resource_saver.hpp"

#include <catch2/catch.hpp>

#include "core/document/document.hpp"
#include "core/fhir/memory_store.hpp"
#include "core/fhir/resource_id.hpp"

using namespace aorta;
using namespace aorta::fhir;

namespace {

// Counts journeys, lets somebody else be faster for a while, and may hide what is there from searches.
class Shared : public MemoryStore {
 public:
  std::vector<Result<std::vector<Resource>>> search_all(std::span<const Query> queries) override {
    ++searches;
    if (!blind) return MemoryStore::search_all(queries);
    return std::vector<Result<std::vector<Resource>>>(queries.size(), std::vector<Resource>{});
  }
  Result<Resource> save(const Resource& resource, const Expect& expect) override {
    if (failure) return *failure;
    if (faster > 0) {
      --faster;
      add_one(resource);
    }
    ++saves;
    return MemoryStore::save(resource, expect);
  }
  // Somebody else's: one more than there was.
  void add_one(const Resource& resource);

  int searches = 0, saves = 0, faster = 0;
  bool blind = false;
  std::optional<Error> failure;
};

const Identifier kName{"urn:test", "one"};

std::string flag_text(const std::string& id, std::int64_t count, const std::string& value = "one") {
  return R"({"resourceType":"Flag","id":")" + id + R"(","identifier":[{"system":"urn:test","value":")" + value +
         R"("}],"count":)" + std::to_string(count) + "}";
}

std::int64_t count_of(const document::Document& json) { return document::member(json.root(), "count")->integer; }

void Shared::add_one(const Resource& resource) {
  auto there = MemoryStore::read("Flag", resource.id);
  std::int64_t count = 0;
  if (*there) {
    document::Document json;
    REQUIRE(json.read_value((**there).json, document::kPlainJson).has_value());
    count = count_of(json);
  }
  REQUIRE(MemoryStore::save(
              {"Flag", resource.id, {}, flag_text(resource.id, count + 1)}, {Expect::State::Anything, {}}
  ).has_value());
}

// Adds one to what is stored.
ResourceJob adding(const Identifier& name = kName) {
  ResourceJob job;
  job.type = "Flag";
  job.identifier = name;
  std::string value = name.value.empty() ? "one" : name.value;
  job.compose = [value](const std::string& id, document::Document* existing) -> Result<std::optional<std::string>> {
    return std::optional(flag_text(id, existing ? count_of(*existing) + 1 : 1, value));
  };
  return job;
}

std::int64_t stored_count(MemoryStore& store) {
  auto all = store.all();
  REQUIRE(all.size() == 1);
  document::Document json;
  REQUIRE(json.read_value(all[0].json, document::kPlainJson).has_value());
  return count_of(json);
}

}  // namespace

TEST_CASE("resource saver: creates under the identifier's id, then merges", "[fhir][unit]") {
  Shared store;
  ResourceSaver saver(store);
  std::vector<ResourceJob> jobs{adding()};
  REQUIRE(saver.save(jobs).has_value());
  CHECK(**jobs[0].outcome == ResourceEnd::Created);
  CHECK(jobs[0].id == resource_id(kName));
  jobs = {adding()};
  REQUIRE(saver.save(jobs).has_value());
  CHECK(**jobs[0].outcome == ResourceEnd::Changed);
  CHECK(stored_count(store) == 2);
}

TEST_CASE("resource saver: what says the same is not written, members in any order", "[fhir][unit]") {
  Shared store;
  ResourceSaver saver(store);
  std::vector<ResourceJob> jobs{adding()};
  REQUIRE(saver.save(jobs).has_value());
  ResourceJob same = adding();
  same.compose = [](const std::string& id, document::Document* existing) -> Result<std::optional<std::string>> {
    std::string meta =
        R"("meta":{"lastUpdated":")" +
        std::string(document::string_of(document::member(*document::member(existing->root(), "meta"), "lastUpdated"))) +
        R"(","versionId":"1"})";
    return std::optional(
        R"({"count":1.0,"identifier":[{"value":"one","system":"urn:test"}],"id":")" + id +
        R"(","resourceType":"Flag",)" + meta + "}"
    );
  };
  jobs = {same};
  int before = store.saves;
  REQUIRE(saver.save(jobs).has_value());
  CHECK(**jobs[0].outcome == ResourceEnd::Unchanged);
  CHECK(store.saves == before);
}

TEST_CASE("resource saver: jobs of one name take turns, others share a journey", "[fhir][unit]") {
  Shared store;
  ResourceSaver saver(store);
  std::vector<ResourceJob> jobs{adding(), adding({"urn:test", "two"}), adding(), adding()};
  REQUIRE(saver.save(jobs).has_value());
  CHECK(store.searches == 3);
  CHECK(**jobs[0].outcome == ResourceEnd::Created);
  CHECK(**jobs[3].outcome == ResourceEnd::Changed);
}

TEST_CASE("resource saver: who was faster is merged with, nothing is lost", "[fhir][unit]") {
  Shared store;
  store.faster = 3;
  ResourceSaver saver(store);
  std::vector<ResourceJob> jobs{adding()};
  REQUIRE(saver.save(jobs).has_value());
  CHECK(**jobs[0].outcome == ResourceEnd::Changed);
  CHECK(stored_count(store) == 4);
}

TEST_CASE("resource saver: after so many conflicts one job fails, by name", "[fhir][unit]") {
  Shared store;
  store.faster = 100;
  ResourceSaver saver(store, 2);
  std::vector<ResourceJob> jobs{adding()};
  REQUIRE(saver.save(jobs).has_value());
  REQUIRE(jobs[0].outcome->has_error());
  CHECK(jobs[0].outcome->error().reason() == "resource/conflict");
}

TEST_CASE("resource saver: what a slow index hides is merged with, not overwritten", "[fhir][unit]") {
  Shared store;
  ResourceSaver saver(store);
  std::vector<ResourceJob> jobs{adding()};
  REQUIRE(saver.save(jobs).has_value());
  store.blind = true;
  jobs = {adding()};
  REQUIRE(saver.save(jobs).has_value());
  CHECK(**jobs[0].outcome == ResourceEnd::Changed);
  CHECK(stored_count(store) == 2);
}

TEST_CASE("resource saver: one that is meant by its id must be there", "[fhir][unit]") {
  Shared store;
  ResourceSaver saver(store);
  ResourceJob absent = adding({});
  absent.id = "x";
  std::vector<ResourceJob> jobs{absent};
  REQUIRE(saver.save(jobs).has_value());
  CHECK(jobs[0].outcome->error().reason() == "resource/not-found");
  REQUIRE(store.put({"Flag", "x", {}, flag_text("x", 5)}).has_value());
  jobs = {absent};
  REQUIRE(saver.save(jobs).has_value());
  CHECK(**jobs[0].outcome == ResourceEnd::Changed);
  CHECK(stored_count(store) == 6);
}

TEST_CASE("resource saver: several of one name, and what is left out", "[fhir][unit]") {
  Shared store;
  REQUIRE(store.put({"Flag", "a", {}, flag_text("a", 1)}).has_value());
  REQUIRE(store.put({"Flag", "b", {}, flag_text("b", 1)}).has_value());
  ResourceSaver saver(store);
  ResourceJob none = adding({"urn:test", "none"});
  none.compose = [](const std::string&, document::Document*) -> Result<std::optional<std::string>> {
    return std::optional<std::string>();
  };
  std::vector<ResourceJob> jobs{adding(), none};
  REQUIRE(saver.save(jobs).has_value());
  CHECK(jobs[0].outcome->error().reason() == "resource/multiple-found");
  CHECK(**jobs[1].outcome == ResourceEnd::LeftOut);
  CHECK(store.saves == 0);
}

TEST_CASE("resource saver: a refused resource fails alone, a store that is away fails all", "[fhir][unit]") {
  Shared store;
  ResourceSaver saver(store);
  ResourceJob wrong = adding({"urn:test", "wrong"});
  wrong.compose = [](const std::string&, document::Document*) -> Result<std::optional<std::string>> {
    return std::optional(std::string(R"({"resourceType":"Patient"})"));
  };
  std::vector<ResourceJob> jobs{wrong, adding()};
  REQUIRE(saver.save(jobs).has_value());
  CHECK(jobs[0].outcome->error().reason() == "resource/store-rejected");
  CHECK(**jobs[1].outcome == ResourceEnd::Created);
  store.failure = Error("store-unavailable", "away", true);
  jobs = {adding()};
  CHECK(saver.save(jobs).error().retryable());
}
