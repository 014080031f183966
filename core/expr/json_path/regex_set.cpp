#include "core/expr/json_path/regex_set.hpp"

#include <algorithm>
#include <iterator>

#include "core/base/letter_case.hpp"
#include "core/base/unicode.hpp"

namespace aorta::expr::json_path {
namespace {

// Where the decimal digits of the basic plane's scripts begin, ten each (category Nd).
constexpr char16_t kDigitStarts[] = {
    0x0030, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50,
    0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
};

// Combining marks (Mn) of the scripts met most, and connecting punctuation (Pc).
constexpr std::pair<char16_t, char16_t> kMarks[] = {
    {0x005F, 0x005F}, {0x0300, 0x036F}, {0x0483, 0x0487}, {0x0591, 0x05BD}, {0x05BF, 0x05BF}, {0x05C1, 0x05C2},
    {0x05C4, 0x05C5}, {0x0610, 0x061A}, {0x064B, 0x065F}, {0x0670, 0x0670}, {0x06D6, 0x06DC}, {0x06DF, 0x06E4},
    {0x0E31, 0x0E31}, {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1ABD}, {0x1DC0, 0x1DFF}, {0x203F, 0x2040},
    {0x2054, 0x2054}, {0x20D0, 0x20DC}, {0x20E1, 0x20E1}, {0x20E5, 0x20F0}, {0x302A, 0x302D}, {0x3099, 0x309A},
    {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFE33, 0xFE34}, {0xFE4D, 0xFE4F}, {0xFF3F, 0xFF3F},
};

bool is_digit(char16_t c) {
  auto next = std::upper_bound(std::begin(kDigitStarts), std::end(kDigitStarts), c);
  return next != std::begin(kDigitStarts) && c - *std::prev(next) < 10;
}

char16_t ascii_fold(char16_t c) { return c >= 'A' && c <= 'Z' ? static_cast<char16_t>(c + 32) : c; }

bool is_mark(char16_t c) {
  return std::any_of(std::begin(kMarks), std::end(kMarks), [c](auto range) {
    return c >= range.first && c <= range.second;
  });
}

struct Folding {
  char16_t upper, lower;
};

bool stands_before(const Folding& folding, char16_t c) { return folding.upper < c; }

// All units that have another as their lower case, in order.
const std::vector<Folding>& foldings() {
  static const std::vector<Folding> kAll = [] {
    std::vector<Folding> all;
    for (unsigned c = 0; c <= 0xFFFF; ++c) {
      auto unit = static_cast<char16_t>(c);
      if (fold(unit) != unit) all.push_back({unit, fold(unit)});
    }
    return all;
  }();
  return kAll;
}

}  // namespace

bool is_in(CharClass cls, char16_t c) {
  switch (cls) {
    case CharClass::Digit:
      return is_digit(c);
    case CharClass::Space:
      return is_white_space(c);
    case CharClass::Letter:
      return is_letter_or_digit(c) && !is_digit(c);
    default:
      return is_letter_or_digit(c) || is_mark(c);
  }
}

bool is_boundary_word(char16_t c) { return is_in(CharClass::Word, c) || c == 0x200C || c == 0x200D; }

char16_t fold(char16_t c) { return c < 128 ? ascii_fold(c) : static_cast<char16_t>(to_lower(char32_t{c})); }

// With ignore_case the ranges hold lower case (see prepare), and so must what is looked for.
bool CharSet::lists(char16_t c) const {
  char16_t sought = ignore_case ? fold(c) : c;
  for (auto [first, last] : ranges) {
    if (sought >= first && sought <= last) return true;
  }
  return std::any_of(classes.begin(), classes.end(), [c](Class each) { return is_in(each.cls, c) != each.negated; });
}

bool CharSet::contains_slowly(char16_t c) const { return lists(c) != negated && !(without && without->contains(c)); }

// As contains_slowly(), range by range: most sets are a single character.
void CharSet::prepare() {
  if (ignore_case) fold_ranges();
  list_ascii();
  if (negated) ascii_.flip();
  for (char16_t c = 0; without && c < 128; ++c) ascii_[c] = ascii_[c] && !without->contains(c);
}

void CharSet::list_ascii() {
  ascii_.reset();
  for (auto [first, last] : ranges) {
    for (int c = first; c <= last && c < 128; ++c) ascii_.set(static_cast<std::size_t>(c));
  }
  for (std::size_t c = 'A'; ignore_case && c <= 'Z'; ++c) ascii_[c] = ascii_[c + 32];
  for (char16_t c = 0; !classes.empty() && c < 128; ++c) ascii_[c] = ascii_[c] || lists(c);
}

// What is looked for is lower case already, so that the ranges may keep what is not: only lower case that lies outside
// of them is added.
void CharSet::fold_ranges() {
  const std::size_t given = ranges.size();
  for (std::size_t i = 0; i < given; ++i) {
    auto [first, last] = ranges[i];
    auto from = std::lower_bound(foldings().begin(), foldings().end(), first, stands_before);
    for (; from != foldings().end() && from->upper <= last; ++from) {
      char16_t lower = from->lower;
      if (lower >= first && lower <= last) continue;
      bool extends = ranges.size() > given && ranges.back().second + 1 == lower;
      if (!extends) ranges.emplace_back(lower, lower);
      ranges.back().second = lower;
    }
  }
}

}  // namespace aorta::expr::json_path
