#include "core/base/sha256.hpp"

// The digest itself, deprecated as it is: around a short text, the calls that replace it cost as much again.
#define OPENSSL_API_COMPAT 10100
#include <openssl/sha.h>

#include <cstring>
#include <new>

namespace aorta {
namespace {

static_assert(sizeof(SHA256_CTX) == 112 && alignof(SHA256_CTX) <= 8);

SHA256_CTX& context(std::array<unsigned char, 112>& state) {
  return *std::launder(reinterpret_cast<SHA256_CTX*>(state.data()));
}

// "00" to "ff", one behind the other.
constexpr std::array<char, 512> kPairs = [] {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<char, 512> out{};
  for (std::size_t i = 0; i < 256; ++i) {
    out[2 * i] = kDigits[i >> 4U];
    out[2 * i + 1] = kDigits[i & 15U];
  }
  return out;
}();

}  // namespace

Sha256::Sha256() { SHA256_Init(new (state_.data()) SHA256_CTX); }

void Sha256::add(std::string_view bytes) { SHA256_Update(&context(state_), bytes.data(), bytes.size()); }

Sha256::Hex Sha256::hex() {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256_Final(digest.data(), &context(state_));
  Hex out;
  char* to = out.data();
  for (unsigned char byte : digest) {
    std::memcpy(to, &kPairs[2 * std::size_t{byte}], 2);
    to += 2;
  }
  return out;
}

std::string sha256_hex(std::string_view bytes) { return sha256_hex({bytes}); }

std::string sha256_hex(std::initializer_list<std::string_view> pieces) {
  Sha256 digest;
  for (std::string_view piece : pieces) digest.add(piece);
  Sha256::Hex hex = digest.hex();
  return {hex.data(), hex.size()};
}

}  // namespace aorta
