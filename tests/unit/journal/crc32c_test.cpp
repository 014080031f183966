#include "core/journal/crc32c.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace aorta::journal;

// RFC 3720, B.4
TEST_CASE("crc32c: the values of RFC 3720", "[journal]") {
  std::string rising;
  for (char c = 0; c < 32; ++c) rising += c;
  for (auto crc : {&crc32c, &crc32c_by_table}) {
    CHECK(crc(std::string(32, '\0'), 0) == 0x8A9136AA);
    CHECK(crc(std::string(32, '\xFF'), 0) == 0x62A8AB43);
    CHECK(crc(rising, 0) == 0x46DD794E);
    CHECK(crc("123456789", 0) == 0xE3069283);
  }
}

TEST_CASE("crc32c: in pieces as in one, by processor as by table, for every length", "[journal]") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += static_cast<char>(i * 37);
  for (std::size_t size = 0; size <= text.size(); ++size) {
    std::string_view whole = std::string_view(text).substr(0, size);
    CHECK(crc32c(whole) == crc32c_by_table(whole));
    CHECK(crc32c(whole.substr(size / 3), crc32c(whole.substr(0, size / 3))) == crc32c(whole));
  }
}
