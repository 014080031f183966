#include "core/cli/explain_layout.hpp"

#include <catch2/catch.hpp>
#include <sstream>

using namespace aorta;
using namespace aorta::cli;
using Lines = std::vector<std::string>;

namespace {

std::string row(int width, std::string_view head, std::string_view text, bool interactive = true) {
  observe::Terminal terminal{.interactive = interactive, .color = false, .width = width};
  std::ostringstream out;
  Layout(out, terminal).row(2, {{std::string(head)}}, text);
  return out.str();
}

}  // namespace

TEST_CASE("layout: texts are broken at blanks, words never", "[cli]") {
  CHECK(wrapped("one two three", 7) == Lines{"one two", "three"});
  CHECK(wrapped("one two three", 100) == Lines{"one two three"});
  CHECK(wrapped("$.a.very.long.path b", 5) == Lines{"$.a.very.long.path", "b"});
  CHECK(wrapped("äöü äöü", 7) == Lines{"äöü äöü"});
  CHECK(wrapped("", 5) == Lines{""});
  CHECK(wrapped("a  b", 3) == Lines{"a ", "b"});
}

TEST_CASE("layout: a text goes on below itself on a terminal", "[cli]") {
  std::string text = "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee";
  CHECK(row(50, "head  ", text) == "  head  aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd\n        eeeeeeeee\n");
}

TEST_CASE("layout: where the head leaves no room the text has lines of its own", "[cli]") {
  CHECK(
      row(40, "a head that is rather long  ", "and a text") ==
      "  a head that is rather long  \n                  and a text\n"
  );
}

TEST_CASE("layout: in a file each row is one line, and nothing steers a terminal", "[cli]") {
  CHECK(row(20, "head  ", "one two three four five six", false) == "  head  one two three four five six\n");
  CHECK(row(80, "\x1b[2J", "x\ny", false) == "  ?[2Jx?y\n");
}
