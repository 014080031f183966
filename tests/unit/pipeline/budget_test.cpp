#include "core/pipeline/budget.hpp"

#include <catch2/catch.hpp>

using namespace aorta::pipeline;
using namespace std::chrono_literals;

TEST_CASE("budget: one poll gets at most a quarter of a fair share") {
  Budget budget({.records = 100, .bytes = 1000}, 5);
  CHECK(budget.reserve(0ms) == Credit{5, 50});
}

TEST_CASE("budget: what a poll did not need comes back") {
  Budget budget({.records = 4, .bytes = 4}, 1);
  for (int i = 0; i < 10; ++i) budget.use(budget.reserve(0ms), {0, 0});
  CHECK(budget.reserve(0ms).records == 1);
}

TEST_CASE("budget: without credit nothing is given, until records have ended") {
  Budget budget({.records = 1, .bytes = 10}, 1);
  budget.use(budget.reserve(0ms), {1, 10});
  CHECK(budget.exhausted());
  CHECK(budget.reserve(1ms) == Credit{});
  budget.release({1, 10});
  CHECK_FALSE(budget.exhausted());
  CHECK(budget.reserve(0ms).records == 1);
}

TEST_CASE("budget: a record longer than the credit is taken, and stops further polls") {
  Budget budget({.records = 10, .bytes = 10}, 1);
  budget.use(budget.reserve(0ms), {1, 500});
  CHECK(budget.exhausted());
  CHECK(budget.reserve(1ms) == Credit{});
  budget.release({1, 500});
  CHECK(budget.reserve(0ms).bytes > 0);
}
