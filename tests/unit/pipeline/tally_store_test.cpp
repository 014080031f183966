#include "core/pipeline/tally_store.hpp"

#include <catch2/catch.hpp>
#include <future>

#include "core/fhir/memory_store.hpp"

using namespace aorta;
using namespace aorta::pipeline;

namespace {

fhir::Resource resource(std::string type, std::string id) {
  std::string json = R"({"resourceType":")" + type + R"(","id":")" + id + R"("})";
  return {std::move(type), std::move(id), {}, std::move(json)};
}

// Takes as long to begin as it is told to.
class SlowToBegin : public fhir::MemoryStore {
 public:
  SlowToBegin(std::promise<void>& asked, std::future<void> go_on) : asked_(asked), go_on_(std::move(go_on)) {}
  Result<void> begin() override {
    asked_.set_value();
    go_on_.wait();
    return fhir::MemoryStore::begin();
  }

 private:
  std::promise<void>& asked_;
  std::future<void> go_on_;
};

}  // namespace

TEST_CASE("tally store: who watches does not wait while the store begins") {
  std::promise<void> asked, go_on;
  TallyStore store(std::make_unique<SlowToBegin>(asked, go_on.get_future()));
  auto begun = std::async(std::launch::async, [&] { return store.begin().has_value(); });
  asked.get_future().wait();
  auto told = std::async(std::launch::async, [&] { return store.tally().capped; });
  bool at_once = told.wait_for(std::chrono::seconds(10)) == std::future_status::ready;
  go_on.set_value();
  CHECK(at_once);
  CHECK_FALSE(told.get());
  CHECK(begun.get());
}

TEST_CASE("tally store: distinct resources count once, writes each time") {
  TallyStore store(std::make_unique<fhir::MemoryStore>());
  auto saved = store.save(resource("Observation", "a"), fhir::Expect::absent());
  REQUIRE(saved.has_value());
  REQUIRE(store.save(*saved, fhir::Expect::exactly(saved->version)).has_value());
  REQUIRE(store.save(resource("Device", "d"), fhir::Expect::absent()).has_value());
  Tally tally = store.tally();
  CHECK(tally.of("Observation").met == 1);
  CHECK(tally.of("Observation").created == 1);
  CHECK(tally.of("Observation").changed == 1);
  CHECK(tally.of("Device").met == 1);
  CHECK(tally.of("Device").created == 1);
  CHECK(tally.of("Patient").met == 0);
}

TEST_CASE("tally store: what was only found counts as met, not as created") {
  auto inner = std::make_unique<fhir::MemoryStore>();
  REQUIRE(inner->put(resource("Observation", "a")).has_value());
  TallyStore store(std::move(inner));
  REQUIRE(store.read("Observation", "a").has_value());
  CHECK(store.tally().of("Observation").met == 1);
  CHECK(store.tally().of("Observation").created == 0);
}

TEST_CASE("tally store: what is rolled back was never counted") {
  TallyStore store(std::make_unique<fhir::MemoryStore>());
  for (int attempt = 0; attempt < 2; ++attempt) {
    REQUIRE(store.begin().has_value());
    REQUIRE(store.save(resource("Observation", "a"), fhir::Expect::absent()).has_value());
    if (attempt == 0) store.rollback();
  }
  REQUIRE(store.commit().has_value());
  CHECK(store.tally().of("Observation").met == 1);
  CHECK(store.tally().of("Observation").created == 1);
}

TEST_CASE("tally: sums by type") {
  Tally sum;
  sum.add({{{"Device", {1, 1, 0}}, {"Flag", {2, 1, 3}}}, false});
  sum.add({{{"Flag", {1, 0, 1}}}, true});
  CHECK(sum.of("Device").met == 1);
  CHECK(sum.of("Flag").met == 3);
  CHECK(sum.of("Flag").created == 1);
  CHECK(sum.of("Flag").changed == 4);
  CHECK(sum.capped);
}
