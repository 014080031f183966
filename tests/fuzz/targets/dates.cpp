// Date detection and the date grammar: what is written reads back the same.
#include "core/base/arena.hpp"
#include "core/base/time.hpp"
#include "core/base/unicode.hpp"
#include "tests/fuzz/support/property.hpp"
#include "tests/fuzz/support/target.hpp"

namespace aorta::fuzz {
namespace {

void in_calendar(DateTime date) {
  require(date.ticks >= 0 && date.ticks <= DateTime::kMaxTicks, "a date lies within the calendar");
  auto ticks = ticks_of(calendar(date));
  require(ticks == date.ticks, "a date's calendar time leads back to it");
}

void detected_again(std::string_view text, DateTime date) {
  DateTime again = detect_date(text).date.value_or(DateTime{-1});
  require(again.ticks == date.ticks && again.zone == date.zone, "a date's text is detected as that date");
}

void parsed_again(std::string_view text, std::int64_t ticks) {
  auto again = parse_date_text(text);
  require(again && again->ticks == ticks, "a date's text reads back as that date");
}

void check(DateTime date) {
  in_calendar(date);
  detected_again(iso_text(date), date);
  detected_again(round_trip_text(date), date);
  parsed_again(iso_text(date), date.ticks);
  parsed_again(round_trip_text(date), date.ticks);
  parsed_again(invariant_text(date), date.ticks - date.ticks % DateTime::kTicksPerSecond);
}

void dates(std::string_view input) {
  Arena arena(kSmallBlock);
  std::string_view text = valid_utf8(input, Surrogates::Allow, arena);
  DetectedDate detected = detect_date(text);
  require(!detected.date || !detected.fatal, "a text is a date or fatal, not both");
  if (detected.date) check(*detected.date);
  auto parsed = parse_date_text(text);
  require(parsed == parse_date_text(arena.copy(text)), "the same text gives the same date");
  if (parsed) check(*parsed);
}

}  // namespace

const Target kDates{"dates", dates};

}  // namespace aorta::fuzz
