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
  auto merged = fhir::merge_samples(
      std::vector<group::TimedValue>{{{1}, "a"}, {{2}, "b"}, {{2}, "c"}},
      std::vector<group::TimedValue>{{{2}, "d"}, {{3}, "e"}}
  );
  REQUIRE(merged.size() == 4);
  CHECK(merged[1].text == "d");
  CHECK(merged[2].text == "c");
}

namespace {

// Texts of slots and values to put there, of any kind that may come.
struct Stream {
  std::string data;
  group::Boundary period;
  std::int64_t step;
  std::vector<group::TimedValue> added;
};

class Random {
 public:
  std::int64_t below(std::int64_t end) {
    state_ = state_ * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    return static_cast<std::int64_t>(state_ >> 33U) % end;
  }
  std::string_view token() {
    constexpr std::string_view kTokens[] = {"E", "E", "E", "72", "-3.5", "", "U", "1 2", "100", "\t"};
    return kTokens[below(10)];
  }

 private:
  std::uint64_t state_ = 11;
};

Stream any_stream(Random& random) {
  Stream out;
  out.step = 1 + random.below(50);
  DateTime start = at("2024-03-05T10:00:00Z");
  out.period = {start, {start.ticks + random.below(200 * out.step), start.zone}};
  for (std::int64_t i = random.below(220); i >= 0; --i) out.data.append(random.token()).append(i > 0 ? " " : "");
  std::int64_t time = start.ticks;
  for (std::int64_t i = random.below(30); i > 0; --i) {
    time += random.below(3 * out.step);
    if (!out.added.empty() && out.added.back().time.ticks == time) continue;
    out.added.push_back({{time, start.zone}, random.below(9) == 0 ? std::string_view() : random.token()});
  }
  return out;
}

}  // namespace

TEST_CASE(
    "sampled data: put in their slots, samples are what decoding, merging and encoding make of them", "[fhir][unit]"
) {
  Random random;
  int put_often = 0;
  for (int i = 0; i < 20'000; ++i) {
    Stream s = any_stream(random);
    auto put = fhir::put_samples(s.data, s.period.start, s.period, s.step, s.added);
    if (!put) continue;
    ++put_often;
    auto old = fhir::decode_samples(s.data, s.period.start, s.step);
    REQUIRE(old.has_value());
    auto expected = fhir::encode_samples(fhir::merge_samples(*old, s.added), s.period.start, s.period.end, s.step);
    REQUIRE(*put == *expected);
  }
  CHECK(put_often > 5000);
}

TEST_CASE("sampled data: what does not stand in its slots is taken apart", "[fhir][unit]") {
  DateTime start = at("2024-03-05T10:00:00Z");
  group::Boundary three{start, {start.ticks + 20, start.zone}};
  CHECK(fhir::put_samples("1 2 3", start, three, 10, {}) == "1 2 3");
  CHECK(fhir::put_samples("1", start, three, 10, {}) == "1 E E");
  CHECK_FALSE(fhir::put_samples("1 2 3 4", start, three, 10, {}));
  CHECK_FALSE(fhir::put_samples("1 2 3", {start.ticks + 10}, three, 10, {}));
  CHECK_FALSE(fhir::put_samples("1 2 3", start, three, 0, {}));
  CHECK_FALSE(fhir::put_samples(" ", start, three, 10, {}));
  DateTime last{DateTime::kMaxTicks};
  CHECK_FALSE(fhir::put_samples("1", last, {last, last}, 10, {}));
}
