#include "core/http/pacer.hpp"

#include <catch2/catch.hpp>

using namespace aorta;
using namespace std::chrono_literals;
using Time = http::Pacer::Clock::time_point;

TEST_CASE("pacer: grows by one for each round that was answered, up to the most", "[http][unit]") {
  http::Pacer pacer(8);
  CHECK(pacer.limit() == 4);
  for (int i = 0; i < 5; ++i) pacer.answered();
  CHECK(pacer.limit() == 5);
  for (int i = 0; i < 100; ++i) pacer.answered();
  CHECK(pacer.limit() == 8);
  CHECK(http::Pacer(2).limit() == 2);
}

TEST_CASE("pacer: halves once for requests that were refused together, never below one", "[http][unit]") {
  http::Pacer pacer(8);
  Time now{1h};
  for (int i = 0; i < 4; ++i) pacer.refused(now, 2s);
  CHECK(pacer.limit() == 2);
  CHECK(pacer.not_before() == now + 2s);
  for (int i = 0; i < 5; ++i) pacer.refused(pacer.not_before(), 1s);
  CHECK(pacer.limit() == 1);
}

TEST_CASE("pacer: never sends before it was told, whoever says less", "[http][unit]") {
  http::Pacer pacer(8);
  Time now{1h};
  pacer.refused(now, 5s);
  pacer.refused(now + 1ms, 1s);
  pacer.refused(now + 2ms, std::nullopt);
  CHECK(pacer.not_before() == now + 5s);
}

TEST_CASE("pacer: without a word of the server's, pauses double and stay bounded", "[http][unit]") {
  http::Pacer pacer(8);
  Time now{1h};
  http::Pacer::Milliseconds longest{200};
  for (int i = 0; i < 12; ++i) {
    pacer.refused(now, std::nullopt);
    auto pause = pacer.not_before() - now;
    CHECK(pause >= longest / 2);
    CHECK(pause <= longest);
    now = pacer.not_before();
    CHECK(pacer.refusals() == i + 1);
    longest = std::min<http::Pacer::Milliseconds>(longest * 2, 3'200ms);
  }
  pacer.answered();
  CHECK(pacer.refusals() == 0);
  pacer.refused(now, std::nullopt);
  CHECK(pacer.not_before() - now <= 200ms);
}
