#include <catch2/catch.hpp>

#include "core/base/time.hpp"

using namespace aorta;

namespace {

std::string parsed(std::string_view text) {
  std::optional<DateTime> time = parse_date_text(text);
  return time ? iso_text(*time) : "";
}

}  // namespace

TEST_CASE("date texts: numbers, the year first or the month first", "[base]") {
  CHECK(parsed("2024-03-05") == "2024-03-05T00:00:00");
  CHECK(parsed("2024/3/5") == "2024-03-05T00:00:00");
  CHECK(parsed("2024 . 03 - 05") == "2024-03-05T00:00:00");
  CHECK(parsed("03/05/2024") == "2024-03-05T00:00:00");
  CHECK(parsed("05.03.2024") == "2024-05-03T00:00:00");
  CHECK(parsed("3-5-49") == "2049-03-05T00:00:00");
  CHECK(parsed("3-5-50") == "1950-03-05T00:00:00");
  CHECK(parsed("2024-03") == "2024-03-01T00:00:00");
  CHECK(parsed("03/2024") == "2024-03-01T00:00:00");
  CHECK(parsed("\xE2\x80\x83 2024-03-05 \t") == "2024-03-05T00:00:00");
  CHECK(parsed(std::string_view("2024-03-05\0\0", 12)) == "2024-03-05T00:00:00");
}

TEST_CASE("date texts: English names of months and days", "[base]") {
  CHECK(parsed("5 Mar 2024") == "2024-03-05T00:00:00");
  CHECK(parsed("5-MARCH-24") == "2024-03-05T00:00:00");
  CHECK(parsed("Mar. 5, 2024") == "2024-03-05T00:00:00");
  CHECK(parsed("2024 mar 5") == "2024-03-05T00:00:00");
  CHECK(parsed("Tue, 05 Mar 2024 08:15:30 GMT") == "2024-03-05T08:15:30+00:00");
  CHECK(parsed("Tuesday, March 5, 2024") == "2024-03-05T00:00:00");
  CHECK(parsed("March 2024") == "2024-03-01T00:00:00");
  CHECK(parsed("5 Mar") == "2005-03-01T00:00:00");
  CHECK(parsed("24 Mar") == "2024-03-01T00:00:00");
}

TEST_CASE("date texts: times", "[base]") {
  CHECK(parsed("2024-03-05 8:15") == "2024-03-05T08:15:00");
  CHECK(parsed("2024-03-05, 08:15:30") == "2024-03-05T08:15:30");
  CHECK(parsed("08:15:30 2024-03-05") == "2024-03-05T08:15:30");
  CHECK(parsed("2024-03-05 8:15pm") == "2024-03-05T20:15:00");
  CHECK(parsed("2024-03-05 8 PM") == "2024-03-05T20:00:00");
  CHECK(parsed("2024-03-05 13:15 PM") == "2024-03-05T13:15:00");
  CHECK(parsed("2024-03-05 0:15 PM") == "2024-03-05T12:15:00");
  CHECK(parsed("2024-03-05 12:15 AM") == "2024-03-05T00:15:00");
  CHECK(parsed("2024-03-05 08:15:30.") == "2024-03-05T08:15:30");
  CHECK(parsed("2024-03-05 08:15:30,25") == "2024-03-05T08:15:30.25");
  CHECK(parsed("2024-03-05T08:15") == "2024-03-05T08:15:00");
  CHECK(parsed("2024-03-05 t 08:15:30z") == "2024-03-05T08:15:30+00:00");
  CHECK(parsed("2024-03-05T24:00:00") == "2024-03-06T00:00:00");
}

TEST_CASE("date texts: fractions are rounded half up to 100 ns", "[base]") {
  CHECK(parsed("2024-03-05T08:15:30.12345678") == "2024-03-05T08:15:30.1234568");
  CHECK(parsed("2024-03-05T08:15:30.12345674999Z") == "2024-03-05T08:15:30.1234567+00:00");
  CHECK(parsed("2024-12-31T23:59:59.99999999") == "2025-01-01T00:00:00");
}

TEST_CASE("date texts: a zone leads to UTC and leaves a local time", "[base]") {
  CHECK(parsed("2024-03-05T08:15:30Z") == "2024-03-05T08:15:30+00:00");
  CHECK(parsed("2024-03-05T08:15:30+2") == "2024-03-05T06:15:30+00:00");
  CHECK(parsed("2024-03-05T08:15:30+0230") == "2024-03-05T05:45:30+00:00");
  CHECK(parsed("2024-03-05T08:15:30 -230") == "2024-03-05T10:45:30+00:00");
  CHECK(parsed("2024-03-05 08:15 +14:00") == "2024-03-04T18:15:00+00:00");
  CHECK(parsed("2024-03-05Z") == "2024-03-05T00:00:00+00:00");
}

TEST_CASE("date texts: what is none, or needs the clock", "[base]") {
  const char* text = GENERATE(
      "", " ", "abc", "5", "1709626530", "20240305", "20240305T081530Z", "2024-W10-2", "2024-065", "13/05/2024",
      "24-03-05", "3/99", "2024-04-31", "0000-01-01", "12024-03-05", "2024_03_05", "2024-03-05T08",
      "2024-03-05T8:15:30", "2024-03-05T08:15:30.", "2024-03-05T08:15 PM", "2024-03-05T08:15:30 GMT",
      "03/05/2024T08:15", "2024-03-05 24:00:00", "2024-03-05T24:00", "2024-03-05 08:15:60", "2024-03-05 20:15 AM",
      "2024-03-05 08:15 UTC", "2024-03-05 08:15 GMT+1", "2024-03-05T08:15:30+14:01", "2024-03-05T08:15:30+01:60",
      "2024-03 08:15", "Mon, 05 Mar 2024", "5 Mars 2024", "08:15:30", "Mar 5", "10.5", "9999-12-31T24:00:00",
      "/Date(0)/", "2024-03-05Tx", "2024-03-05 x"
  );
  CAPTURE(text);
  CHECK(parsed(text).empty());
}
