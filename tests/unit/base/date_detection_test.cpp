#include <catch2/catch.hpp>

#include "core/base/time.hpp"

using namespace aorta;

namespace {

// The date as ISO text, "" where the text stays a text, "!" where it makes the body unreadable.
std::string detected(std::string_view text) {
  DetectedDate found = detect_date(text);
  if (found.fatal) return "!";
  return found.date ? iso_text(*found.date) : "";
}

}  // namespace

TEST_CASE("dates of a body: the exact ISO form, with its zone", "[base]") {
  CHECK(detected("2024-03-05T08:15:30") == "2024-03-05T08:15:30");
  CHECK(detected("2024-03-05T08:15:30Z") == "2024-03-05T08:15:30Z");
  CHECK(detected("2024-03-05T08:15:30z") == "2024-03-05T08:15:30Z");
  CHECK(detected("2024-03-05T08:15:30.1Z") == "2024-03-05T08:15:30.1Z");
  CHECK(detected("2024-03-05T08:15:30.1234567Z") == "2024-03-05T08:15:30.1234567Z");
  CHECK(detected("2024-03-05T08:15:30.000Z") == "2024-03-05T08:15:30Z");
  CHECK(detected("2024-02-29T00:00:00") == "2024-02-29T00:00:00");
  CHECK(detected("0001-01-01T00:00:00") == "0001-01-01T00:00:00");
}

TEST_CASE("dates of a body: an offset moves the clock to UTC and leaves a local time", "[base]") {
  CHECK(detected("2024-03-05T08:15:30+02:00") == "2024-03-05T06:15:30+00:00");
  CHECK(detected("2024-03-05T08:15:30-0530") == "2024-03-05T13:45:30+00:00");
  CHECK(detected("2024-03-05T08:15:30+02") == "2024-03-05T06:15:30+00:00");
  CHECK(detected("2024-03-05T08:15:30+02:") == "2024-03-05T06:15:30+00:00");
  CHECK(detected("2024-03-05T08:15:30+00:00") == "2024-03-05T08:15:30+00:00");
  CHECK(detected("2024-03-05T08:15:30+99:99") == "2024-03-01T03:36:30+00:00");
  CHECK(detected("0001-01-01T00:00:00+01:00") == "0001-01-01T00:00:00+00:00");
  CHECK(detected("9999-12-31T23:00:00-02:00") == "9999-12-31T23:59:59.9999999+00:00");
}

TEST_CASE("dates of a body: bare minutes behind the seconds pass and mean nothing", "[base]") {
  CHECK(detected("2024-03-05T08:15:3030") == "2024-03-05T08:15:30");
  CHECK(detected("2024-03-05T08:15:30:30") == "2024-03-05T08:15:30");
  CHECK(detected("2024-03-05T08:15:30:") == "2024-03-05T08:15:30");
  CHECK(detected("2024-03-05T08:15:30.123456789") == "2024-03-05T08:15:30.1234567");
}

TEST_CASE("dates of a body: 24:00 is the next day, but not behind the last", "[base]") {
  CHECK(detected("2024-03-05T24:00:00Z") == "2024-03-06T00:00:00Z");
  CHECK(detected("2024-12-31T24:00:00.000") == "2025-01-01T00:00:00");
  CHECK(detected("2024-03-05T24:00:01").empty());
  CHECK(detected("2024-03-05T24:00:00.1").empty());
  CHECK(detected("9999-12-31T24:00:00") == "!");
}

TEST_CASE("dates of a body: what stays a text", "[base]") {
  const char* text = GENERATE(
      "", "T", "2024-03-05", "2024-03-05T08:15Z", "2024-03-05 08:15:30", "2024-03-05t08:15:30Z",
      " 2024-03-05T08:15:30Z", "2024-03-05T08:15:30Z ", "2024-13-05T08:15:30Z", "2024-02-30T08:15:30Z",
      "2023-02-29T08:15:30Z", "0000-01-01T00:00:00", "2024-03-05T25:00:00Z", "2024-03-05T08:60:30Z",
      "2024-03-05T08:15:60Z", "2024-03-05T08:15:30.", "2024-03-05T08:15:30.Z", "2024-03-05T08:15:30,5Z",
      "2024-03-05T08:15:30.12345678", "2024-03-05T08:15:30.12345678Z", "2024-03-05T08:15:30.123456789Z",
      "2024-03-05T08:15:30+2", "2024-03-05T08:15:30+020", "2024-03-05T08:15:30ZZ", "2024-03-05T08:15:30+02:00:00",
      "20240305T081530Z000000", "/Date()/", "/Date(-)/", "/Date(1.5)/", "/Date(x)/", "/Date(1+1)/", "/Date(1+010)/",
      "/Date(1)", "Date(1709626530123)/"
  );
  CAPTURE(text);
  CHECK(detected(text).empty());
}

TEST_CASE("dates of a body: milliseconds since 1970", "[base]") {
  CHECK(detected("/Date(0)/") == "1970-01-01T00:00:00Z");
  CHECK(detected("/Date(1709626530123)/") == "2024-03-05T08:15:30.123Z");
  CHECK(detected("/Date(-1)/") == "1969-12-31T23:59:59.999Z");
  CHECK(detected("/Date(1709626530123+0200)/") == "2024-03-05T08:15:30.123+00:00");
  CHECK(detected("/Date(0+01:00)/") == "1970-01-01T00:00:00+00:00");
  CHECK(detected("/Date(0-01)/") == "1970-01-01T00:00:00+00:00");
  CHECK(detected("/Date(-62135596800000)/") == "0001-01-01T00:00:00Z");
  CHECK(detected("/Date(-62135596800001)/") == "!");
  CHECK(detected("/Date(253402300800000)/") == "!");
}

TEST_CASE("dates of a body: what was detected before does not matter", "[base]") {
  KnownDay known;
  for (const char* text :
       {"2024-03-05T10:00:00Z", "2024-03-05T23:59:59.9999999", "2024-03-05T24:00:00", "2024-03-05T24:00:01",
        "2024-03-05T10:60:00", "2024-03-05T10:00:60", "2024-03-05T10:00:0x", "2024-02-30T10:00:00",
        "2024-03-06T10:00:00", "2024-03-05X10:00:00", "2024-03-05T00:00:00+01:00", "9999-12-31T24:00:00",
        "9999-12-31T23:59:59", "2023-02-29T00:00:00", "2023-02-28T00:00:00", "/Date(0)/",
        "2023-02-28T00:00:00-12:34"}) {
    DetectedDate alone = detect_date(text);
    DetectedDate after = detect_date(text, known);
    CAPTURE(text);
    CHECK(after.date == alone.date);
    CHECK((after.fatal != nullptr) == (alone.fatal != nullptr));
    if (alone.date) CHECK(after.date->zone == alone.date->zone);
  }
}
