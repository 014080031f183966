#include "core/http/inflate.hpp"

#include <zlib.h>

#include <catch2/catch.hpp>

using namespace aorta;
using namespace aorta::http;

namespace {

std::string deflated(const std::string& text, int window) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
  std::string out(text.size() + 1000, '\0');
  std::string from = text;
  stream.next_in = reinterpret_cast<unsigned char*>(from.data());
  stream.avail_in = static_cast<unsigned>(from.size());
  stream.next_out = reinterpret_cast<unsigned char*>(out.data());
  stream.avail_out = static_cast<unsigned>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

constexpr int kGzip = 15 + 16, kZlib = 15, kRaw = -15;

std::string reason(const Result<std::string>& result) {
  return result.has_error() ? std::string(result.error().reason()) : "none";
}

}  // namespace

TEST_CASE("inflate: every coding gives the text back", "[http]") {
  for (std::size_t size : {0u, 1u, 1000u, 1'000'000u}) {
    std::string text(size, 'x');
    for (std::size_t i = 0; i < size; i += 7) text[i] = static_cast<char>('a' + i % 26);
    CHECK(*decode_body("gzip", deflated(text, kGzip), 1'000'000) == text);
    CHECK(*decode_body("X-GZIP", deflated(text, kGzip), 1'000'000) == text);
    CHECK(*decode_body("deflate", deflated(text, kZlib), 1'000'000) == text);
    CHECK(*decode_body("deflate", deflated(text, kRaw), 1'000'000) == text);
    CHECK(*decode_body("", text, 1'000'000) == text);
    CHECK(*decode_body("identity", text, 1'000'000) == text);
  }
}

TEST_CASE("inflate: several gzip texts one behind the other are one", "[http]") {
  CHECK(*decode_body("gzip", deflated("one ", kGzip) + deflated("two", kGzip), 100) == "one two");
}

TEST_CASE("inflate: never more than the limit, to the byte", "[http]") {
  std::string bomb = deflated(std::string(50'000'000, '\0'), kGzip);
  CHECK(bomb.size() < 60'000);
  CHECK(reason(decode_body("gzip", bomb, 1'000'000)) == "too-large");
  std::string exact = deflated(std::string(70'000, 'x'), kGzip);
  CHECK(decode_body("gzip", exact, 70'000).has_value());
  CHECK(reason(decode_body("gzip", exact, 69'999)) == "too-large");
  CHECK(reason(decode_body("", "four", 3)) == "too-large");
}

TEST_CASE("inflate: what is cut off or damaged is told", "[http]") {
  std::string whole = deflated("a text of some length, a text of some length", kGzip);
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK(reason(decode_body("gzip", whole.substr(0, size), 1000)) == "bad-coding");
  whole[whole.size() - 6] ^= 1;  // its checksum
  CHECK(reason(decode_body("gzip", whole, 1000)) == "bad-coding");
  CHECK(reason(decode_body("deflate", "no zlib", 1000)) == "bad-coding");
  CHECK(reason(decode_body("br", "x", 1000)) == "unknown-coding");
}
