#include <aorta/testing.hpp>

using namespace aorta::testing;

AORTA_TEST("a pulse becomes a measurement") {
  Library library(AORTA_TEST_PLUGIN);
  TemplateDriver pulse(library, "AcmePulse", R"({"type":"heartrate"})");
  auto applied = pulse.apply({R"({"watch":"w-1","at":"2026-11-22T06:00:00Z","pulse":71})"});
  AORTA_EXPECT(applied.answer.ok() && applied.measurements.size() == 1);
  AORTA_EXPECT_TEXT(applied.measurements.at(0).device, "w-1");
  AORTA_EXPECT_TEXT(applied.measurements.at(0).values.at(0).text, "71");
  AORTA_EXPECT_TEXT(pulse.broken(), "");
}

AORTA_TEST("a pulse without a time is told, not lost") {
  Library library(AORTA_TEST_PLUGIN);
  TemplateDriver pulse(library, "AcmePulse", R"({"type":"heartrate"})");
  AORTA_EXPECT_TEXT(pulse.apply({R"({"watch":"w-1","pulse":71})"}).answer.reason, "no-time");
  AORTA_EXPECT(pulse.apply({R"({"steps":7})"}).measurements.empty());
}

AORTA_TEST("an entry without a type is a problem of the mapping") {
  Library library(AORTA_TEST_PLUGIN);
  TemplateDriver pulse(library, "AcmePulse", "{}");
  AORTA_EXPECT(pulse.problems().size() == 1);
}

AORTA_TEST_MAIN
