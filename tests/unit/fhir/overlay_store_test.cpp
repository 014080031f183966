#include "core/fhir/overlay_store.hpp"

#include <catch2/catch.hpp>

using namespace aorta;
using namespace aorta::fhir;

namespace {

Resource device(std::string id, std::string_view name) {
  std::string json =
      R"({"resourceType":"Device","id":")" + id + R"(","identifier":[{"value":")" + std::string(name) + R"("}]})";
  return {"Device", std::move(id), {}, std::move(json)};
}

struct Covered {
  MemoryStore below;
  OverlayStore store{&below};
  Covered() { REQUIRE(below.put(device("a", "cuff")).has_value()); }
};

}  // namespace

TEST_CASE("overlay store: what is saved is found, and nothing changes below", "[fhir][unit]") {
  Covered test;
  REQUIRE(test.store.save(device("b", "cuff"), Expect::absent()).has_value());
  auto found = test.store.search("Device", {{}, "cuff"});
  REQUIRE(found.has_value());
  CHECK(found->size() == 2);
  CHECK(test.below.all().size() == 1);
  REQUIRE(test.store.searches().size() == 1);
  CHECK(test.store.searches().front().found.size() == 2);
  CHECK(test.store.saves().size() == 1);
}

TEST_CASE("overlay store: what is saved over lies above", "[fhir][unit]") {
  Covered test;
  auto saved = test.store.save(device("a", "watch"), Expect::exactly("1"));
  REQUIRE(saved.has_value());
  CHECK(saved->version == "2");
  CHECK((*test.store.read("Device", "a"))->version == "2");
  CHECK((*test.below.read("Device", "a"))->version == "1");
  CHECK(test.store.search("Device", {{}, "watch"})->size() == 1);
}

TEST_CASE("overlay store: what does not hold below is a conflict", "[fhir][unit]") {
  Covered test;
  CHECK(test.store.save(device("a", "cuff"), Expect::absent()).error().reason() == "conflict");
  CHECK(test.store.save(device("a", "cuff"), Expect::exactly("7")).error().reason() == "conflict");
  CHECK(test.store.saves().empty());
}

TEST_CASE("overlay store: over nothing it is empty", "[fhir][unit]") {
  OverlayStore store(nullptr);
  CHECK(store.search("Device", {{}, "cuff"})->empty());
  CHECK_FALSE(store.read("Device", "a")->has_value());
}
