// Small looks at JSON text that both readers share.
#pragma once

#include <bit>
#include <string_view>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace aorta::document {

// The first `quote` or backslash in [from, end), or `end`.
inline const char* find_quote(const char* from, const char* end, char quote) {
#ifdef __SSE2__
  const __m128i quotes = _mm_set1_epi8(quote);
  const __m128i backslashes = _mm_set1_epi8('\\');
  for (; end - from >= 16; from += 16) {
    __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    __m128i found = _mm_or_si128(_mm_cmpeq_epi8(bytes, quotes), _mm_cmpeq_epi8(bytes, backslashes));
    if (int mask = _mm_movemask_epi8(found); mask != 0) return from + std::countr_zero(static_cast<unsigned>(mask));
  }
#endif
  while (from < end && *from != quote && *from != '\\') ++from;
  return from;
}

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Cheap first look: an ISO date has its "T", the other form its slash.
inline bool may_be_date(std::string_view text) {
  return text.size() >= 9 && (text[0] == '/' || (text.size() >= 19 && text[10] == 'T'));
}

}  // namespace aorta::document
