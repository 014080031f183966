#include "core/base/sha256.hpp"

// The digest itself, deprecated as it is: around a short text, the calls that replace it cost as much again.
#define OPENSSL_API_COMPAT 10100
#include <openssl/sha.h>

#include <array>

namespace aorta {

std::string sha256_hex(std::string_view bytes) { return sha256_hex({bytes}); }

std::string sha256_hex(std::initializer_list<std::string_view> pieces) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  SHA256_CTX context;
  SHA256_Init(&context);
  for (std::string_view piece : pieces) SHA256_Update(&context, piece.data(), piece.size());
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256_Final(digest.data(), &context);
  std::string out(2 * digest.size(), '\0');
  char* to = out.data();
  for (unsigned char byte : digest) {
    *to++ = kDigits[byte >> 4U];
    *to++ = kDigits[byte & 15U];
  }
  return out;
}

}  // namespace aorta
