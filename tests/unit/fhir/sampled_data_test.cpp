#include "core/fhir/sampled_data.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace aorta;

DateTime at(std::string_view text) { return *detect_date(text).date; }
std::int64_t step(std::string_view milliseconds) { return *fhir::step_ticks(*parse_decimal(milliseconds)); }

}  // namespace

TEST_CASE("sampled data: values fall into half-open slots, the last one wins", "[fhir][unit]") {
  std::vector<group::TimedValue> values = {
      {at("2024-03-05T10:10:00Z"), "1"}, {at("2024-03-05T10:19:59.9999999Z"), "2"}, {at("2024-03-05T10:20:00Z"), "3"}};
  CHECK(
      *fhir::encode_samples(values, at("2024-03-05T10:00:00Z"), at("2024-03-05T10:59:59.9999999Z"), step("600000")) ==
      "E 2 3 E E E"
  );
}

TEST_CASE("sampled data: a value before the start hides all others", "[fhir][unit]") {
  std::vector<group::TimedValue> values = {{at("2024-03-05T09:59:59Z"), "1"}, {at("2024-03-05T10:10:00Z"), "2"}};
  CHECK(
      *fhir::encode_samples(values, at("2024-03-05T10:00:00Z"), at("2024-03-05T10:30:00Z"), step("600000")) == "E E E E"
  );
}

TEST_CASE("sampled data: steps are cut to ticks", "[fhir][unit]") {
  CHECK(step("33.333") == 333329);
  CHECK(step("100.1") == 1000999);
  CHECK(step("7.8125") == 78125);
  CHECK(step("0.0003") == 2);
  CHECK(fhir::step_ticks(*parse_decimal("1000000000000000")).error().reason() == "sampled-period-out-of-range");
}

TEST_CASE("sampled data: periods that never end are refused by name", "[fhir][unit]") {
  DateTime start = at("2024-03-05T10:00:00Z");
  CHECK(fhir::encode_samples({}, start, start, 0).error().reason() == "sampled-period-not-positive");
  CHECK(fhir::encode_samples({}, start, start, -1).error().reason() == "sampled-period-not-positive");
  CHECK(fhir::encode_samples({}, start, at("2024-03-06T10:00:00Z"), 1).error().reason() == "sampled-data-too-long");
}

TEST_CASE("sampled data: decoding splits on single spaces and drops E alone", "[fhir][unit]") {
  auto values = fhir::decode_samples("70 E  U", at("2024-03-05T10:00:00Z"), step("1000"));
  REQUIRE(values->size() == 3);
  CHECK((*values)[1].text == "");
  CHECK((*values)[2].text == "U");
  CHECK(iso_text((*values)[2].time) == "2024-03-05T10:00:03Z");
  CHECK(fhir::decode_samples(" ", {}, 1).error().reason() == "sampled-data-missing");
}

TEST_CASE("sampled data: at an equal time the new value replaces one old one", "[fhir][unit]") {
  auto merged = fhir::merge_samples({{{1}, "a"}, {{2}, "b"}, {{2}, "c"}}, {{{2}, "d"}, {{3}, "e"}});
  REQUIRE(merged.size() == 4);
  CHECK(merged[1].text == "d");
  CHECK(merged[2].text == "c");
}
