#include "core/cli/table.hpp"

#include <catch2/catch.hpp>

using namespace aorta::cli;

TEST_CASE("table: columns are aligned by characters, nothing stands behind the last", "[cli]") {
  Table table({"NAME", "COUNT", "NOTE"});
  table.align_right(1);
  table.add({"\xC3\xA9t\xC3\xA9", "7", "x"});
  table.add({"winter", "12,480", ""});
  CHECK(
      table.text() ==
      "NAME     COUNT  NOTE\n"
      "\xC3\xA9t\xC3\xA9          7  x\n"
      "winter  12,480  \n"
  );
}

TEST_CASE("table: what a device sent cannot steer the terminal", "[cli]") {
  Table table({"A"});
  table.add({"\x1b[2J"});
  CHECK(table.text() == "A\n?[2J\n");
}
