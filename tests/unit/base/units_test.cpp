#include "core/base/units.hpp"

#include <catch2/catch.hpp>

using namespace aorta;
using std::chrono::milliseconds;

TEST_CASE("units: durations are a whole number and a unit", "[base]") {
  CHECK(*parse_duration("250ms") == milliseconds(250));
  CHECK(*parse_duration("5s") == milliseconds(5000));
  CHECK(*parse_duration("30d") == milliseconds(2'592'000'000));
  CHECK(*parse_duration("0s") == milliseconds(0));
  for (const char* bad : {"", "5", "s", "5 s", "-5s", "1.5h", "5S", "99999999999999999999s", "9999999999999d"}) {
    CAPTURE(bad);
    CHECK(parse_duration(bad).has_error());
  }
}

TEST_CASE("units: sizes are a whole number, of bytes where no unit follows", "[base]") {
  CHECK(*parse_bytes("512B") == 512);
  CHECK(*parse_bytes("64MiB") == 67'108'864);
  CHECK(*parse_bytes("10MB") == 10'000'000);
  CHECK(*parse_bytes("64") == 64);
  for (const char* bad : {"", "64mib", "64 MiB", "64.5", "2e3", "-1", "-1B", "20000000TiB", "20000000000000000000"}) {
    CAPTURE(bad);
    CHECK(parse_bytes(bad).has_error());
  }
}

TEST_CASE("units: written in the largest unit that fits", "[base]") {
  CHECK(duration_text(milliseconds(300'000)) == "5m");
  CHECK(duration_text(milliseconds(1500)) == "1500ms");
  CHECK(duration_text(milliseconds(0)) == "0ms");
  CHECK(bytes_text(67'108'864) == "64MiB");
  CHECK(bytes_text(1000) == "1000B");
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(12'480) == "12,480");
  CHECK(grouped(1'000'000) == "1,000,000");
}
