#include "core/pipeline/in_flight.hpp"

#include <catch2/catch.hpp>

#include "fakes.hpp"

using namespace aorta::pipeline;

TEST_CASE("in flight: a record ends when its last branch has ended") {
  Ledger ledger;
  InFlight in_flight(ledger);
  auto id = in_flight.admit(0, fake::record("body", "7"));
  in_flight.open(id, 2);
  in_flight.end(id, Outcome::Filtered);
  in_flight.end(id, Outcome::Written);
  CHECK(in_flight.take_ended().empty());
  in_flight.end(id, Outcome::Merged);
  auto ended = in_flight.take_ended();
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].outcome == Outcome::Written);
  CHECK(ended[0].record.token == "7");
}

TEST_CASE("in flight: the first failure is the one that is told") {
  Ledger ledger;
  InFlight in_flight(ledger);
  auto id = in_flight.admit(0, fake::record("", "0"));
  in_flight.open(id, 2);
  in_flight.fail(id, {"a/first", "", ""});
  in_flight.end(id, Outcome::Written);
  in_flight.fail(id, {"a/second", "", ""});
  auto ended = in_flight.take_ended();
  CHECK(ended.at(0).outcome == Outcome::DeadLettered);
  CHECK(ended.at(0).failure.reason == "a/first");
}

TEST_CASE("in flight: a record counts as in flight until its end is durable") {
  Ledger ledger;
  InFlight in_flight(ledger);
  auto id = in_flight.admit(0, fake::record("", "0"));
  in_flight.end(id, Outcome::Filtered);
  CHECK(ledger.counts().in_flight == 1);
  CHECK(ledger.counts().balanced());
  in_flight.conclude(Outcome::Filtered);
  CHECK(ledger.counts().in_flight == 0);
  CHECK(ledger.counts().filtered == 1);
  CHECK_FALSE(ledger.counts().balanced());  // not yet told to the source
}
