#include "core/document/text_writer.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "core/base/time.hpp"
#include "core/document/convert.hpp"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace aorta::document {
namespace {

#ifdef __SSE2__

template <class T>
T load(const char* from) {
  T out;
  std::memcpy(&out, from, sizeof out);
  return out;
}

template <class T>
void store(char* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

// A byte is set where a character is not plain.
__m128i marks(__m128i bytes) {
  __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));  // signed: those from 0x80 on too
  __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  return _mm_or_si128(low, _mm_or_si128(quotes, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
}

template <class T>
constexpr std::uint64_t kRepeat = ~std::uint64_t{0} / std::numeric_limits<T>::max();

// Whatever the size, up to twice T's, its two ends are copied; where they meet, some bytes are copied twice.
template <class T>
__m128i copy_ends(const char* from, std::size_t size, char* to) {
  T first = load<T>(from);
  T last = load<T>(from + size - sizeof(T));
  store(to, first);
  store(to + size - sizeof(T), last);
  return marks(
      _mm_set_epi64x(static_cast<std::int64_t>(last * kRepeat<T>), static_cast<std::int64_t>(first * kRepeat<T>))
  );
}

__m128i copy_sixteen(const char* from, char* to) {
  __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
  return marks(bytes);
}

[[gnu::noinline]] __m128i copy_long(const char* from, std::size_t size, char* to) {
  __m128i found = copy_sixteen(from + size - 16, to + size - 16);
  for (std::size_t i = 0; i + 16 < size; i += 16) found = _mm_or_si128(found, copy_sixteen(from + i, to + i));
  return found;
}

[[gnu::always_inline]] inline __m128i copy_marked(const char* from, std::size_t size, char* to) {
  if (size >= 16) return copy_long(from, size, to);
  if (size >= 8) return copy_ends<std::uint64_t>(from, size, to);
  if (size >= 4) return copy_ends<std::uint32_t>(from, size, to);
  if (size >= 2) return copy_ends<std::uint16_t>(from, size, to);
  return size == 1 ? copy_ends<std::uint8_t>(from, size, to) : _mm_setzero_si128();
}

}  // namespace

bool copy_if_plain(std::string_view text, char* to) {
  return _mm_movemask_epi8(copy_marked(text.data(), text.size(), to)) == 0;
}

#else

}  // namespace

bool copy_if_plain(std::string_view text, char* to) {
  bool plain = true;
  for (char c : text) {
    plain =
        plain && static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x80 && c != '"' && c != '\\';
    *to++ = c;
  }
  return plain;
}

#endif

void TextWriter::grow(std::size_t wanted) {
  constexpr std::size_t kLongStep = 2048;
  std::size_t used = size();
  // Memory that is there already is taken in longer steps: each of them costs a call.
  std::size_t room = std::min(out_.capacity(), used + wanted + kLongStep);
  out_.resize(std::max(used + wanted + kStep, room));
  at_ = out_.data() + used;
  end_ = out_.data() + out_.size();
}

void TextWriter::put_string_at(char* to, std::string_view text) {
  if (!copy_if_plain(text, to + 1)) {
    at_ = to;
    return put_escaped(text);
  }
  *to = '"';
  to[text.size() + 1] = '"';
}

void TextWriter::put_string_part(std::string_view text) {
  char* to = take(text.size());
  if (copy_if_plain(text, to)) return;
  at_ = to;
  std::string escaped;
  append_json_string(escaped, text);
  put(std::string_view(escaped).substr(1, escaped.size() - 2));
}

void TextWriter::put_name(std::string_view name, bool first) {
  char* const start = take(name.size() + 4);
  char* to = start;
  *to = ',';
  to += first ? 0 : 1;
  *to++ = '"';
  if (!copy_if_plain(name, to)) {
    at_ = first ? start : start + 1;
    put_escaped(name);
    return put(':');
  }
  to += name.size();
  *to++ = '"';
  *to++ = ':';
  at_ = to;
}

void TextWriter::put_escaped(std::string_view text) {
  out_.resize(size());
  append_json_string(out_, text);
  at_ = end_ = out_.data() + out_.size();
}

void TextWriter::put_time(DateTime time) {
  char* to = take(kMaxIsoText + 2);
  *to = '"';
  at_ = write_iso_text(time, to + 1);
  *at_++ = '"';
}

void TextWriter::put_round_trip(DateTime time) {
  char* to = take(kMaxIsoText + 2);
  *to = '"';
  at_ = write_round_trip_text(time, to + 1);
  *at_++ = '"';
}

}  // namespace aorta::document
