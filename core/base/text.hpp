// Small things about words: blanks around them, which of a list one is, how alike two are for "did you mean".
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace aorta {

constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline bool equals_ignoring_ascii_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return ascii_lower(x) == ascii_lower(y);
  });
}

// Blanks of HTTP and of JSON.
inline constexpr std::string_view kBlanks = " \t\r\n";

inline bool is_blank(std::string_view text) { return text.find_first_not_of(kBlanks) == std::string_view::npos; }

inline std::string_view without_blanks(std::string_view text) {
  if (is_blank(text)) return {};
  std::size_t begin = text.find_first_not_of(kBlanks);
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// The enumerator whose place in `words`, written in the order of the enumeration, is that of `word`, which is there.
template <class Enum, std::size_t N>
Enum enum_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return static_cast<Enum>(std::find(words.begin(), words.end(), word) - words.begin());
}

// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other; letters of another
// case count as alike.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate nearest to `word` (the first of equals), or empty where none is near enough to be meant: at most a
// third of its letters differ.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

// `; did you mean "x"?`, or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace aorta
