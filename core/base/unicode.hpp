// UTF-8 and the character classes of .NET. Texts inside the host are valid UTF-8, but that a lone surrogate, which only
// an escape of a JSON text can bring in, is kept as its three bytes (WTF-8) until it is written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/arena.hpp"

namespace aorta {

constexpr char32_t kReplacement = 0xFFFD;

constexpr bool is_surrogate(char32_t c) { return c >= 0xD800 && c <= 0xDFFF; }
constexpr bool is_high_surrogate(char32_t c) { return c >= 0xD800 && c <= 0xDBFF; }
constexpr bool is_low_surrogate(char32_t c) { return c >= 0xDC00 && c <= 0xDFFF; }
// The two UTF-16 units of a character beyond U+FFFF, and the way back.
constexpr char32_t high_surrogate(char32_t c) { return 0xD800 + ((c - 0x10000) >> 10); }
constexpr char32_t low_surrogate(char32_t c) { return 0xDC00 + (c & 0x3FF); }
constexpr char32_t join_surrogates(char32_t high, char32_t low) {
  return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

// The character at `*p`, of a text known to be valid; `*p` moves behind it.
inline char32_t next_char(const char*& p) {
  auto byte = [&p] { return static_cast<char32_t>(static_cast<unsigned char>(*p++)); };
  char32_t first = byte();
  if (first < 0x80) return first;
  char32_t second = byte() & 0x3F;
  if (first < 0xE0) return (first & 0x1F) << 6 | second;
  char32_t third = byte() & 0x3F;
  if (first < 0xF0) return (first & 0x0F) << 12 | second << 6 | third;
  return (first & 0x07) << 18 | second << 12 | third << 6 | (byte() & 0x3F);
}

// Whether a character of UTF-8 starts with this byte.
constexpr bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }
// The longest beginning of at most `size` bytes that ends where a character ends.
std::string_view whole_characters(std::string_view text, std::size_t size);
std::size_t count_characters(std::string_view text);

// Writes one to four bytes; returns the end.
char* write_utf8(char32_t c, char* out);
void append_utf8(std::string& out, char32_t c);

enum class Surrogates : std::uint8_t { Refuse, Allow };
bool is_utf8(std::string_view text, Surrogates surrogates = Surrogates::Refuse);
// `text` itself where it is valid; otherwise a copy in `arena` with U+FFFD for each faulty sequence, as .NET decodes.
std::string_view valid_utf8(std::string_view text, Surrogates surrogates, Arena& arena);
// Bytes of unknown encoding as valid UTF-8: a byte-order mark (UTF-8, UTF-16, UTF-32) is heeded and dropped.
std::string_view decode_bytes(std::string_view bytes, Arena& arena);
// UTF-16 units of a valid text.
std::size_t utf16_size(std::string_view text);

// char.IsWhiteSpace and char.IsLetterOrDigit of .NET; characters beyond U+FFFF are neither.
bool is_white_space(char32_t c);
bool is_letter_or_digit(char32_t c);

}  // namespace aorta
