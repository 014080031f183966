#include "core/base/sha256.hpp"

// The digest itself, deprecated as it is: around a short text, the calls that replace it cost as much again.
#define OPENSSL_API_COMPAT 10100
#include <openssl/sha.h>

#include <new>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace aorta {
namespace {

static_assert(sizeof(SHA256_CTX) == 112 && alignof(SHA256_CTX) <= 8);

SHA256_CTX& context(std::array<unsigned char, 112>& state) {
  return *std::launder(reinterpret_cast<SHA256_CTX*>(state.data()));
}

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

#ifdef __SSE2__

// Of numbers below 16.
__m128i digits(__m128i numbers) {
  __m128i letters = _mm_and_si128(_mm_cmpgt_epi8(numbers, _mm_set1_epi8(9)), _mm_set1_epi8('a' - '0' - 10));
  return _mm_add_epi8(_mm_add_epi8(numbers, _mm_set1_epi8('0')), letters);
}

// Sixteen bytes at once.
Sha256::Hex hex_of(const Digest& digest) {
  const __m128i low_half = _mm_set1_epi8(15);
  Sha256::Hex out;
  for (std::size_t i = 0; i < digest.size(); i += 16) {
    __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(digest.data() + i));
    __m128i high = digits(_mm_and_si128(_mm_srli_epi16(bytes, 4), low_half));
    __m128i low = digits(_mm_and_si128(bytes, low_half));
    auto* to = reinterpret_cast<__m128i*>(out.data() + 2 * i);
    _mm_storeu_si128(to, _mm_unpacklo_epi8(high, low));
    _mm_storeu_si128(to + 1, _mm_unpackhi_epi8(high, low));
  }
  return out;
}

#else

Sha256::Hex hex_of(const Digest& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  Sha256::Hex out;
  char* to = out.data();
  for (unsigned char byte : digest) {
    *to++ = kDigits[byte >> 4U];
    *to++ = kDigits[byte & 15U];
  }
  return out;
}

#endif

}  // namespace

Sha256::Sha256() { SHA256_Init(new (state_.data()) SHA256_CTX); }

void Sha256::add(std::string_view bytes) { SHA256_Update(&context(state_), bytes.data(), bytes.size()); }

Sha256::Hex Sha256::hex() {
  Digest digest;
  SHA256_Final(digest.data(), &context(state_));
  return hex_of(digest);
}

std::string sha256_hex(std::string_view bytes) { return sha256_hex({bytes}); }

std::string sha256_hex(std::initializer_list<std::string_view> pieces) {
  Sha256 digest;
  for (std::string_view piece : pieces) digest.add(piece);
  Sha256::Hex hex = digest.hex();
  return {hex.data(), hex.size()};
}

}  // namespace aorta
