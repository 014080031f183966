#include "core/base/sha256.hpp"

#include <catch2/catch.hpp>

using namespace aorta;

TEST_CASE("sha-256: pieces are one text, and nothing of the text before is left", "[base]") {
  CHECK(sha256_hex({"a", "", "bc"}) == sha256_hex("abc"));
  CHECK(sha256_hex({"abc"}) == sha256_hex("abc"));
  CHECK(sha256_hex("") == sha256_hex({"", ""}));
}

TEST_CASE("sha-256: the standard's examples", "[base]") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("sha256: a copy goes on by itself", "[base][unit]") {
  aorta::Sha256 begun;
  begun.add("a");
  aorta::Sha256 copy = begun;
  copy.add("bc");
  auto hex = copy.hex();
  CHECK(std::string_view(hex.data(), hex.size()) == aorta::sha256_hex("abc"));
  auto short_hex = begun.hex();
  CHECK(std::string_view(short_hex.data(), short_hex.size()) == aorta::sha256_hex("a"));
}
