#include "core/fhir/identity.hpp"

#include <catch2/catch.hpp>

#include "core/fhir/memory_store.hpp"
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
      fhir::IdentityResolver(store, {fhir::IdentityMode::Lookup, {}}, counts).resolve(message).error().reason() ==
      "device-not-found"
  );
  message.device = " ";
  CHECK(fhir::IdentityResolver(store, {}, counts).resolve(message).error().reason() == "device-id-missing");
}

TEST_CASE("identity cache: is bounded and forgets what was idle", "[fhir][unit]") {
  fhir::IdentityCache cache;
  auto now = fhir::IdentityCache::Clock::time_point() + std::chrono::hours(10);
  for (std::size_t i = 0; i <= fhir::IdentityCache::kCapacity; ++i)
    cache.remember("d" + std::to_string(i), {"x", "y", ""}, now);
  CHECK(cache.find("d0", now) == nullptr);
  CHECK(cache.find("d1", now) != nullptr);
  CHECK(cache.find("d1", now + std::chrono::hours(3)) == nullptr);
}
