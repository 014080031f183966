// Sets of UTF-16 units for regular expressions. Internal to this folder.
#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace aorta::expr::json_path {

enum class CharClass : std::uint8_t { Digit, Word, Space, Letter };

bool is_in(CharClass cls, char16_t c);
// Word characters for \b: also the joiners U+200C and U+200D.
bool is_boundary_word(char16_t c);
// What letters that differ in case only have in common: their lower case by the invariant culture.
char16_t fold(char16_t c);

struct CharSet {
  struct Class {
    CharClass cls;
    bool negated;
  };
  std::vector<std::pair<char16_t, char16_t>> ranges;  // closed
  std::vector<Class> classes;
  bool negated = false;
  bool ignore_case = false;
  std::shared_ptr<const CharSet> without;  // [a-z-[aeiou]]

  // Call once the set is complete.
  void prepare();
  bool contains(char16_t c) const { return c < 128 ? ascii_[c] : contains_slowly(c); }

 private:
  bool contains_slowly(char16_t c) const;
  bool lists(char16_t c) const;
  void list_ascii();
  void fold_ranges();
  std::bitset<128> ascii_;
};

}  // namespace aorta::expr::json_path
