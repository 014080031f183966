#include "core/config/line_index.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace aorta;
using namespace aorta::config;

TEST_CASE("line index: columns count UTF-16 units", "[config]") {
  LineIndex lines("a: 1\n\xC3\xA9\xF0\x9F\x98\x80: 'x'\n");
  CHECK(lines.place(0, 3) == Position{1, 4});
  CHECK(lines.place(1, 6) == Position{2, 4});
  CHECK(lines.place_of_byte(5) == Position{2, 1});
  CHECK(lines.place(99, 99).line == 3);
  CHECK(lines.place(-1, -1) == Position{});
  CHECK(lines.quote_at({2, 6}));
  CHECK_FALSE(lines.quote_at({2, 5}));
  CHECK(LineIndex::utf16_length("\xF0\x9F\x98\x80y\nmore") == 3);
  CHECK(LineIndex::utf16_length("") == 1);
}

TEST_CASE("line index: what is no text is found", "[config]") {
  CHECK_FALSE(first_unreadable_byte("plain\ttext\r\n\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"));
  CHECK(first_unreadable_byte(std::string_view("ab\0c", 4)) == 2u);
  CHECK(first_unreadable_byte("ab\x04") == 2u);
  for (const char* bad : {"\xFF", "\xC3", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80"}) {
    CAPTURE(std::string(bad));
    CHECK(first_unreadable_byte(bad) == 0u);
  }
}
