#include "core/fhir/identity.hpp"

#include <catch2/catch.hpp>

#include "core/fhir/memory_store.hpp"
#include "core/fhir/resource_id.hpp"
#include "core/fhir/resource_index.hpp"
#include "tests/unit/fhir/support.hpp"

using namespace aorta;
using namespace aorta::fhir::testing;

TEST_CASE("identity: create mode makes Patient and Device once", "[fhir][unit]") {
  fhir::MemoryStore store;
  fhir::WriteCounts counts;
  fhir::IdentityResolver resolver(store, {}, counts);
  auto first = resolver.resolve(reading("2024-03-05T10:00:00Z", "hr", "70"));
  REQUIRE(first.has_value());
  resolver.forget();
  auto second = resolver.resolve(reading("2024-03-05T10:00:00Z", "hr", "70"));
  CHECK(second->device == first->device);
  CHECK(counts.devices_created == 1);
  CHECK(counts.patients_created == 1);
  CHECK(store.all().size() == 2);
}

TEST_CASE("identity: while a device is remembered, its later patients are not looked at", "[fhir][unit]") {
  fhir::MemoryStore store;
  fhir::WriteCounts counts;
  fhir::IdentityResolver resolver(store, {}, counts);
  auto first = resolver.resolve(reading("2024-03-05T10:00:00Z", "hr", "70"));
  auto other = reading("2024-03-05T10:00:00Z", "hr", "70");
  other.patient = "mrn-2";
  CHECK(resolver.resolve(other)->patient == first->patient);
}

TEST_CASE("identity: what is missing is named", "[fhir][unit]") {
  fhir::MemoryStore store;
  fhir::WriteCounts counts;
  auto message = reading("2024-03-05T10:00:00Z", "hr", "70");
  message.patient.reset();
  CHECK(fhir::IdentityResolver(store, {}, counts).resolve(message).error().reason() == "patient-not-defined");
  CHECK(
      fhir::IdentityResolver(store, {.mode = fhir::IdentityMode::Lookup}, counts).resolve(message).error().reason() ==
      "device-not-found"
  );
  message.device = " ";
  CHECK(fhir::IdentityResolver(store, {}, counts).resolve(message).error().reason() == "device-id-missing");
}

namespace {

using Key = fhir::IdentityCacheOptions::Key;
using namespace std::chrono_literals;

const auto kNow = fhir::IdentityCache::Clock::time_point() + 10h;

mapping::Measurement of(std::string device, std::optional<std::string> patient = "mrn-1") {
  mapping::Measurement m = reading("2024-03-05T10:00:00Z", "hr", "70");
  m.device = std::move(device);
  m.patient = std::move(patient);
  return m;
}

fhir::Identities ids(std::string patient) { return {std::move(patient), "device", {}}; }

// Counts searches; heeds unless_found, and then gives ids of its own.
class Server : public fhir::MemoryStore {
 public:
  std::vector<Result<std::vector<fhir::Resource>>> search_all(std::span<const fhir::Query> queries) override {
    searches += queries.size();
    auto found = MemoryStore::search_all(queries);
    if (std::exchange(hides, false)) found.assign(queries.size(), std::vector<fhir::Resource>());
    return found;
  }
  std::vector<Result<fhir::Resource>> save_all(std::span<const fhir::Save> saves) override {
    std::vector<Result<fhir::Resource>> out;
    for (const fhir::Save& one : saves)
      out.push_back(one.unless_found ? save_unless_found(one) : save(one.resource, one.expect));
    return out;
  }

  std::size_t searches = 0;
  bool hides = false;  // what is there, from the next search

 private:
  Result<fhir::Resource> save_unless_found(const fhir::Save& one) {
    document::Document json;
    auto index = fhir::index_resource(json, one.resource);
    if (!search(one.resource.type, index->identifiers.front())->empty())
      return Error("conflict", "it is there already");
    fhir::Resource resource = one.resource;
    resource.id = "given-" + std::to_string(++given_);
    resource.json.replace(resource.json.find(one.resource.id), one.resource.id.size(), resource.id);
    return save(resource, one.expect);
  }
  int given_ = 0;
};

void put(
    fhir::MemoryStore& store, const std::string& type, const std::string& id, const std::string& identifier,
    const std::string& more = {}
) {
  REQUIRE(store
              .put(
                  {type,
                   id,
                   {},
                   R"({"resourceType":")" + type + R"(","id":")" + id + R"(","identifier":[)" + identifier + "]" +
                       more + "}"}
              )
              .has_value());
}

}  // namespace

TEST_CASE("identity cache: as the reference, by device alone, bounded, forgetting what was idle", "[fhir][unit]") {
  fhir::IdentityCache cache({});
  for (int i = 0; i <= 5000; ++i) cache.remember(of("d" + std::to_string(i)), ids("p"), kNow);
  CHECK_FALSE(cache.find(of("d0"), kNow));
  CHECK((*cache.find(of("d1", "mrn-2"), kNow))->patient == "p");
  CHECK((*cache.find(of("d1"), kNow + 2h))->patient == "p");
  CHECK(cache.find(of("d1"), kNow + 4h));
  CHECK_FALSE(cache.find(of("d2"), kNow + 3h));
  CHECK_FALSE(cache.find(of("D1"), kNow + 4h));
}

TEST_CASE("identity cache: what is used stays, what is old goes, used or not", "[fhir][unit]") {
  fhir::IdentityCache cache({.max_entries = 2, .max_idle = 1min, .max_age = 90s});
  cache.remember(of("a"), ids("1"), kNow);
  cache.remember(of("b"), ids("1"), kNow);
  CHECK(cache.find(of("a"), kNow + 1s));
  cache.remember(of("c"), ids("1"), kNow + 2s);
  CHECK_FALSE(cache.find(of("b"), kNow + 2s));
  CHECK(cache.find(of("a"), kNow + 60s));
  CHECK_FALSE(cache.find(of("a"), kNow + 91s));
  CHECK_FALSE(cache.find(of("c"), kNow + 63s));
  cache.remember(of("a"), ids("1"), kNow + 92s);
  cache.remember(of("a"), ids("2"), kNow + 93s);
  CHECK((*cache.find(of("a"), kNow + 93s))->patient == "2");
  cache.clear();
  CHECK_FALSE(cache.find(of("a"), kNow + 93s));
}

TEST_CASE("identity cache: by names, no two lists of names are taken for one another", "[fhir][unit]") {
  fhir::IdentityCache cache({.key = Key::Names});
  cache.remember(of("a", "b"), ids("1"), kNow);
  cache.remember(of("a", std::nullopt), ids("2"), kNow);
  CHECK((*cache.find(of("a", "b"), kNow))->patient == "1");
  CHECK((*cache.find(of("a", std::nullopt), kNow))->patient == "2");
  for (const auto& other : {of("a", ""), of("a", "c"), of("ab", std::nullopt), of("", "ab"), of("a1:b", std::nullopt)})
    CHECK_FALSE(cache.find(other, kNow));
  auto encounter = of("a", "b");
  encounter.encounter = "e";
  CHECK_FALSE(cache.find(encounter, kNow));
}

TEST_CASE("identity cache: keeps for a while that something is not there, and no other failure", "[fhir][unit]") {
  fhir::IdentityCache cache({.negative_age = 10s});
  Error missing("device-not-found", "none");
  cache.remember(of("a"), missing, kNow);
  cache.remember(of("b"), Error("store-unavailable", "away", true), kNow);
  cache.remember(of("c"), Error("multiple-found", "two"), kNow);
  CHECK((*cache.find(of("a"), kNow + 10s)).error().reason() == "device-not-found");
  CHECK_FALSE(cache.find(of("a"), kNow + 11s));
  CHECK_FALSE(cache.find(of("a", "mrn-2"), kNow));
  CHECK_FALSE(cache.find(of("b"), kNow));
  CHECK_FALSE(cache.find(of("c"), kNow));
  fhir::IdentityCache forgetful({});
  forgetful.remember(of("a"), missing, kNow);
  CHECK_FALSE(forgetful.find(of("a"), kNow));
}

TEST_CASE("identity: by names, a message for another patient looks whose the device is now", "[fhir][unit]") {
  for (Key key : {Key::Device, Key::Names}) {
    Server store;
    fhir::WriteCounts counts;
    fhir::IdentityResolver resolver(store, {.cache = {.key = key}}, counts);
    auto belongs_to = [&](const std::string& patient) {
      put(store, "Device", "x", R"({"value":"d"})", R"(,"patient":{"reference":"Patient/)" + patient + R"("})");
    };
    belongs_to("p1");
    CHECK(resolver.resolve(of("d"))->patient == "p1");
    belongs_to("p2");
    CHECK(resolver.resolve(of("d", "mrn-2"))->patient == (key == Key::Names ? "p2" : "p1"));
    CHECK(resolver.resolve(of("d"))->patient == "p1");
  }
}

TEST_CASE("identity: what was not found is not asked for again at once", "[fhir][unit]") {
  Server store;
  fhir::WriteCounts counts;
  fhir::IdentityResolver resolver(store, {.mode = fhir::IdentityMode::Lookup, .cache = {.negative_age = 1h}}, counts);
  auto message = of("unknown");
  std::vector<const mapping::Measurement*> all(20, &message);
  for (const auto& one : resolver.resolve_all(all)) CHECK(one.error().reason() == "device-not-found");
  CHECK(store.searches == 1);
  put(store, "Device", "d", R"({"value":"unknown"})", R"(,"patient":{"reference":"Patient/p"})");
  CHECK(resolver.resolve(message).error().reason() == "device-not-found");
  resolver.forget();
  CHECK(resolver.resolve(message)->patient == "p");
}

TEST_CASE("identity: each kind of identifier has its own system", "[fhir][unit]") {
  Server store;
  fhir::WriteCounts counts;
  put(store, "Patient", "other", R"({"system":"elsewhere","value":"mrn-1"})");
  put(store, "Encounter", "e1", R"({"system":"visits","value":"v"})");
  put(store, "Encounter", "e2", R"({"system":"elsewhere","value":"v"})");
  fhir::IdentityOptions options{.systems = {"devices", "mrn", "visits"}};
  auto made = fhir::IdentityResolver(store, options, counts).resolve(of("d"));
  REQUIRE(made.has_value());
  CHECK(made->patient == fhir::resource_id("mrn", "mrn-1"));
  CHECK(made->device == fhir::resource_id("devices", "d"));
  CHECK(store.search("Patient", {"mrn", "mrn-1"})->front().id == made->patient);
  auto visit = of("d");
  visit.encounter = "v";
  CHECK(fhir::IdentityResolver(store, options, counts).resolve(visit)->encounter == "e1");
  options.systems.encounter = " ";
  CHECK(fhir::IdentityResolver(store, options, counts).resolve(visit).error().reason() == "multiple-found");
}

TEST_CASE("identity: a conditional create takes what somebody else made in between", "[fhir][unit]") {
  Server store;
  fhir::WriteCounts counts;
  fhir::IdentityOptions options{.conditional_creates = true};
  auto first = fhir::IdentityResolver(store, options, counts).resolve(of("d"));
  CHECK(first->patient == "given-1");
  CHECK(first->device == "given-2");
  put(store, "Patient", "hospital", R"({"value":"mrn-2"})");
  store.hides = true;  // from the Device's search; the Patient's is made to miss it too
  auto again = fhir::IdentityResolver(store, options, counts).resolve(of("d"));
  CHECK(again->device == "given-2");
  CHECK(again->patient == "given-1");
  CHECK(store.search("Device", {"", "d"})->size() == 1);
  CHECK(fhir::IdentityResolver(store, options, counts).resolve(of("e", "mrn-2"))->patient == "hospital");
  CHECK(store.search("Patient", {"", "mrn-2"})->size() == 1);
}
