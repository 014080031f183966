#include "core/base/unicode.hpp"

#include <catch2/catch.hpp>

using namespace aorta;

namespace {

std::string repaired(std::string_view text, Surrogates surrogates = Surrogates::Refuse) {
  Arena arena;
  return std::string(valid_utf8(text, surrogates, arena));
}

std::string decoded(std::string_view bytes) {
  Arena arena;
  return std::string(decode_bytes(bytes, arena));
}

}  // namespace

TEST_CASE("unicode: faulty bytes become one replacement for each sequence begun", "[base]") {
  CHECK(repaired("plain") == "plain");
  CHECK(
      repaired("d\xFF"
               "1") == "d\uFFFD1"
  );
  CHECK(repaired("\xC3") == "\uFFFD");
  CHECK(repaired("\xE2\x82") == "\uFFFD");
  CHECK(repaired("\xE2\x82x") == "\uFFFDx");
  CHECK(repaired("\xF0\x9F\x98") == "\uFFFD");
  CHECK(repaired("\xC0\xAF") == "\uFFFD\uFFFD");
  CHECK(repaired("\xE0\x80\xAF") == "\uFFFD\uFFFD\uFFFD");
  CHECK(repaired("\xF4\x90\x80\x80") == "\uFFFD\uFFFD\uFFFD\uFFFD");
  CHECK(repaired("\x80 é 😀 \xBF") == "\uFFFD é 😀 \uFFFD");
}

TEST_CASE("unicode: lone surrogates live only where they are allowed", "[base]") {
  CHECK_FALSE(is_utf8("\xED\xA0\xBD"));
  CHECK(is_utf8("\xED\xA0\xBD", Surrogates::Allow));
  CHECK(repaired("\xED\xA0\xBD") == "\uFFFD\uFFFD\uFFFD");
  CHECK(repaired("\xED\xA0\xBD", Surrogates::Allow) == "\xED\xA0\xBD");
}

TEST_CASE("unicode: a byte-order mark says the encoding and goes", "[base]") {
  using namespace std::string_view_literals;
  CHECK(decoded("\xEF\xBB\xBF{}") == "{}");
  CHECK(decoded("\xFF\xFE{\0\xE9\0\x3D\xD8\x00\xDE}\0"sv) == "{é😀}");
  CHECK(decoded("\xFE\xFF\0{\0\xE9\xD8\x3D\xDE\x00\0}"sv) == "{é😀}");
  CHECK(decoded("\xFF\xFE\0\0{\0\0\0\x00\xF6\x01\0"sv) == "{😀");
  CHECK(decoded("\0\0\xFE\xFF\0\0\0{"sv) == "{");
  CHECK(decoded("\xFF\xFE\x3D\xD8x\0"sv) == "\uFFFDx");
  CHECK(decoded("\xFF\xFEx\0y"sv) == "x\uFFFD");
  CHECK(decoded("\xFF\xFE"sv).empty());
}

TEST_CASE("unicode: characters go out as they come in, and count in UTF-16 units", "[base]") {
  std::string text = "aé€😀";
  std::string copy;
  for (const char* p = text.data(); p != text.data() + text.size();) append_utf8(copy, next_char(p));
  CHECK(copy == text);
  CHECK(utf16_size(text) == 5);
}

TEST_CASE("unicode: classes are those of .NET", "[base]") {
  for (char32_t c :
       std::initializer_list<char32_t>{0x09, 0x0B, 0x0C, 0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2003, 0x2028, 0x3000})
    CHECK(is_white_space(c));
  for (char32_t c : std::initializer_list<char32_t>{0x00, 0x1C, 0x1F, 0x200B, 0xFEFF, 0x180E})
    CHECK_FALSE(is_white_space(c));
  for (char32_t c : std::initializer_list<char32_t>{0x30, 0x41, 0x7A, 0xAA, 0xE9, 0x3B1, 0x661, 0x4E00, 0xD7A3, 0xFFDC})
    CHECK(is_letter_or_digit(c));
  for (char32_t c : std::initializer_list<char32_t>{0x5F, 0x24, 0xD7, 0x2160, 0xBD, 0x300, 0xD83D, 0x10400})
    CHECK_FALSE(is_letter_or_digit(c));
}
