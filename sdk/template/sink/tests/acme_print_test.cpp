#include <aorta/testing.hpp>

using namespace aorta::testing;

// `world` is what the plugin finds of the world outside: clock, state, metrics, secrets, HTTP servers.
AORTA_TEST("every measurement of every group is written, and counted") {
  Library library(AORTA_TEST_PLUGIN);
  Fakes world;
  SinkDriver sink(library, "acme.print", "{}", world);
  AORTA_EXPECT(sink.start().ok());
  TestMeasurement one{{}, {{"hr", "71"}}};
  auto written = sink.write({{"heartrate", "d1", {one, one}}, {"spo2", "d1", {one}}});
  AORTA_EXPECT(written.answer.ok());
  AORTA_EXPECT(written.said[0][1].outcome == AORTA_WRITTEN && written.said[1][0].outcome == AORTA_WRITTEN);
  AORTA_EXPECT(world.metrics.value("lines_total") == 3);
  AORTA_EXPECT(sink.stop().ok());
  AORTA_EXPECT_TEXT(sink.broken(), "");
}

AORTA_TEST_MAIN
