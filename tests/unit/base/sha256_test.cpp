#include "core/base/sha256.hpp"

#include <openssl/sha.h>

#include <array>
#include <catch2/catch.hpp>
#include <string>

using namespace aorta;

TEST_CASE("sha-256: pieces are one text, and nothing of the text before is left", "[base]") {
  CHECK(sha256_hex({"a", "", "bc"}) == sha256_hex("abc"));
  CHECK(sha256_hex({"abc"}) == sha256_hex("abc"));
  CHECK(sha256_hex("") == sha256_hex({"", ""}));
}

TEST_CASE("sha-256: the standard's examples", "[base]") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(
      sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
  );
  CHECK(sha256_hex(std::string(1'000'000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("sha-256: of every length around the ends of blocks", "[base][unit]") {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  for (std::size_t size = 0; size < 200; ++size) {
    const std::string text(size, static_cast<char>('a' + size % 26));
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), size, digest.data());
    std::string hex;
    for (unsigned char byte : digest) hex += {"0123456789abcdef"[byte >> 4U], "0123456789abcdef"[byte & 15U]};
    CHECK(sha256_hex(text) == hex);
  }
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
