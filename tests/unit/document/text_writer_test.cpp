#include "core/document/text_writer.hpp"

#include <catch2/catch.hpp>

#include "core/document/convert.hpp"

using namespace aorta;
using namespace aorta::document;

namespace {

std::string written(std::string_view text) {
  std::string out = "before";
  TextWriter writer(out);
  writer.put_string(text);
  writer.flush();
  return out;
}

std::string expected(std::string_view text) {
  std::string out = "before";
  append_json_string(out, text);
  return out;
}

}  // namespace

TEST_CASE("text writer: strings of any size, with anything to escape at any place", "[document]") {
  for (std::size_t size = 0; size < 70; ++size) {
    std::string plain(size, 'x');
    REQUIRE(written(plain) == expected(plain));
    for (std::size_t at = 0; at < size; ++at) {
      for (char c : {'"', '\\', '\n', '\0', '\x1F', ' ', '\x7F', '~', '#'}) {
        std::string text = plain;
        text[at] = c;
        REQUIRE(written(text) == expected(text));
      }
      if (size - at < 2) continue;
      std::string wide = plain;
      wide.replace(at, 2, "\xC3\xA9");
      REQUIRE(written(wide) == expected(wide));
      wide.replace(at, 2, "\xC2\x85");
      REQUIRE(written(wide) == expected(wide));
    }
  }
}

TEST_CASE("text writer: the string has what was written, and no more, once it is gone", "[document]") {
  std::string out = "a";
  {
    TextWriter writer(out);
    for (int i = 0; i < 3000; ++i) writer.put(i % 2 == 0 ? "bc" : "d");
    writer.put('e');
    CHECK(writer.size() == 1 + 4500 + 1);
  }
  CHECK(out.size() == 4502);
  CHECK(out.starts_with("abcdbcd"));
  CHECK(out.ends_with("bcde"));
}

TEST_CASE("text writer: names, with a comma where they are not the first", "[document]") {
  std::string out;
  TextWriter writer(out);
  writer.put_name("a", true);
  writer.put_name("a name of more than sixteen characters", false);
  writer.put_name("q\"", true);
  writer.put_name("q\"", false);
  writer.put_name("", false);
  writer.flush();
  CHECK(out == R"("a":,"a name of more than sixteen characters":"q\"":,"q\"":,"":)");
}

TEST_CASE("text writer: takes back", "[document]") {
  std::string out;
  TextWriter writer(out);
  writer.put("keep");
  std::size_t size = writer.size();
  writer.put_string(std::string(2000, 'n'));
  writer.rewind(size);
  writer.put('!');
  writer.flush();
  CHECK(out == "keep!");
}

TEST_CASE("text writer: after flush() the string may be moved away", "[document]") {
  std::string out;
  std::string moved;
  {
    TextWriter writer(out);
    writer.put_time({638'452'233'301'230'000, DateTime::Zone::Utc});
    writer.put_round_trip({638'452'233'301'230'000, DateTime::Zone::Utc});
    writer.flush();
    moved = std::move(out);
  }
  CHECK(moved == "\"2024-03-05T08:15:30.123Z\"\"2024-03-05T08:15:30.1230000Z\"");
}
