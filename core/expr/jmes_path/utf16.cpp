#include "core/expr/jmes_path/utf16.hpp"

#include "core/base/unicode.hpp"

namespace aorta::expr::jmes_path {
namespace {

constexpr char32_t joined(char32_t high, char32_t low) { return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00); }

// The high surrogate that `text` ends in, or 0.
char32_t trailing_high(std::string_view text) {
  if (text.size() < 3 || text[text.size() - 3] != '\xED') return 0;
  const char* at = text.data() + text.size() - 3;
  char32_t last = next_char(at);
  return is_high_surrogate(last) ? last : 0;
}

}  // namespace

std::span<char16_t> to_units(Arena& arena, std::string_view text) {
  std::span<char16_t> units = arena.make_array<char16_t>(utf16_size(text));
  std::size_t n = 0;
  for (const char* at = text.data(); at != text.data() + text.size();) {
    char32_t c = next_char(at);
    if (c >= 0x10000) {
      units[n++] = static_cast<char16_t>(0xD800 + ((c - 0x10000) >> 10));
      c = 0xDC00 + (c & 0x3FF);
    }
    units[n++] = static_cast<char16_t>(c);
  }
  return units;
}

std::string_view from_units(Arena& arena, std::span<const char16_t> units) {
  char* start = static_cast<char*>(arena.allocate(units.size() * 3, 1));
  char* end = start;
  for (std::size_t i = 0; i < units.size(); ++i) {
    char32_t c = units[i];
    bool pair = is_high_surrogate(c) && i + 1 < units.size() && is_low_surrogate(units[i + 1]);
    if (pair) c = joined(c, units[++i]);
    end = write_utf8(c, end);
  }
  return {start, static_cast<std::size_t>(end - start)};
}

void append_unit(std::string& out, char16_t unit) {
  char32_t high = is_low_surrogate(unit) ? trailing_high(out) : 0;
  if (high != 0) out.resize(out.size() - 3);
  append_utf8(out, high != 0 ? joined(high, unit) : unit);
}

}  // namespace aorta::expr::jmes_path
