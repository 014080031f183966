#include <aorta/testing.hpp>
#include <fstream>

using namespace aorta::testing;

// `world` is what the plugin finds of the world outside: clock, state, metrics, secrets, HTTP servers.
AORTA_TEST("each line becomes a record, and is counted") {
  std::ofstream("lines.txt") << "one\ntwo\n";
  Library library(AORTA_TEST_PLUGIN);
  Fakes world;
  SourceDriver source(library, "acme.line_file", R"({"path":"lines.txt"})", world);
  AORTA_EXPECT(source.start().ok());
  auto records = source.drain();
  AORTA_EXPECT(records.size() == 2 && records[1].body == "two" && records[1].position == "2");
  AORTA_EXPECT(world.metrics.value("lines_total") == 2);
  AORTA_EXPECT(source.stop().ok());
  AORTA_EXPECT_TEXT(source.broken(), "");
}

AORTA_TEST("a file that is not there is told, by name") {
  Library library(AORTA_TEST_PLUGIN);
  SourceDriver source(library, "acme.line_file", R"({"path":"nowhere.txt"})");
  AORTA_EXPECT_TEXT(source.made().reason, "cannot-open");
  AORTA_EXPECT_TEXT(source.made().message, "nowhere.txt: cannot be opened");
}

AORTA_TEST_MAIN
