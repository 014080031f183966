#include "core/http/retry_after.hpp"

#include <catch2/catch.hpp>

using namespace aorta;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::system_clock::time_point kNow{std::chrono::seconds(784'111'777)};  // Sun, 06 Nov 1994 08:49:37

std::optional<std::chrono::milliseconds> wait_of(std::vector<http::Header> headers) {
  return http::retry_after({503, std::move(headers), {}}, kNow);
}

}  // namespace

TEST_CASE("retry-after: seconds, dates and milliseconds", "[http][unit]") {
  CHECK(wait_of({{"Retry-After", "120"}}) == 120s);
  CHECK(wait_of({{"retry-after", "Sun, 06 Nov 1994 08:50:07 GMT"}}) == 30s);
  CHECK(wait_of({{"Retry-After", "Sunday, 06-Nov-94 08:50:07 GMT"}}) == 30s);
  CHECK(wait_of({{"x-ms-retry-after-ms", "250"}, {"Retry-After", "1"}}) == 250ms);
}

TEST_CASE("retry-after: a date counts from the server's own clock", "[http][unit]") {
  CHECK(wait_of({{"Retry-After", "Sun, 06 Nov 2094 08:50:07 GMT"}, {"Date", "Sun, 06 Nov 2094 08:50:00 GMT"}}) == 7s);
}

TEST_CASE("retry-after: a date gone by is no wait, nonsense none at all, ages a day", "[http][unit]") {
  CHECK(wait_of({{"Retry-After", "Sun, 06 Nov 1994 08:00:00 GMT"}}) == 0s);
  CHECK(wait_of({{"Retry-After", "99999999999999999999"}}) == std::nullopt);
  CHECK(wait_of({{"Retry-After", "999999999"}}) == 24h);
  for (const char* text : {"", "-5", "1.5", "soon", "1 s"}) CHECK(wait_of({{"Retry-After", text}}) == std::nullopt);
  CHECK(wait_of({}) == std::nullopt);
}
