// The reader behind read_pattern(): one object per pattern. Internal to this folder.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/expr/json_path/regex_syntax.hpp"

namespace aorta::expr::json_path {

using PatternPtr = std::unique_ptr<Pattern>;

struct PatternOptions {
  bool ignore_case = false, multiline = false, single_line = false, free_spacing = false;
};

// Groups and sets may nest this deep.
inline constexpr int kMaxPatternDepth = 100;

inline PatternPtr make_pattern(Pattern::Kind kind) {
  auto out = std::make_unique<Pattern>();
  out->kind = kind;
  return out;
}

inline PatternPtr make_anchor(Anchor anchor) {
  PatternPtr out = make_pattern(Pattern::Kind::Anchor);
  out->anchor = anchor;
  return out;
}

constexpr bool is_ascii_digit(char16_t c) { return c >= '0' && c <= '9'; }

// Functions that read return nothing, or false, once the pattern is refused.
class PatternReader {
 public:
  PatternReader(std::u16string_view text, PatternOptions options) : text_(text), options_(options) {}
  PatternResult read();

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char16_t peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : u'\0'; }
  bool match(std::u16string_view word);
  PatternPtr refuse(std::string cause);
  PatternPtr read_alternatives();
  PatternPtr read_sequence();
  // Comments, and with the x of (?x) blanks.
  void skip_free_space();
  PatternPtr read_atom();
  PatternPtr read_group();
  // Behind "(?". `look`: the group is an assertion. `bare_options`: it was (?i) and is over; the options last to the
  // end of the outer group.
  bool read_group_kind(PatternPtr& look, bool& bare_options);
  bool read_group_name(char16_t close);
  static bool is_group_number(std::u16string_view name);
  bool read_options(bool& bare);
  PatternPtr read_quantifiers(PatternPtr part);
  bool read_quantifier(std::uint32_t& least, std::uint32_t& most);
  std::uint32_t read_count();
  // Of {n}, {n,} or {n,m} here; 0 if a brace is just a brace.
  std::size_t quantifier_size() const;

  // pattern_units.cpp: single characters, classes, sets.
  PatternPtr single(char16_t c);
  PatternPtr of_set(CharSet set);
  PatternPtr read_dot();
  PatternPtr read_escape();
  std::optional<CharSet::Class> read_category();
  std::optional<char16_t> read_escaped_unit();
  std::optional<char16_t> read_hex(int digits);
  std::optional<char16_t> read_control();
  char16_t read_octal(char16_t first);
  PatternPtr read_set_atom();
  // Behind the opening bracket, up to and with the closing one.
  bool read_set(CharSet& set);
  bool read_subtraction(CharSet& set);
  bool read_set_item(CharSet& set);
  // A unit, or a class, or neither after a refusal.
  std::optional<char16_t> read_set_unit(std::optional<CharSet::Class>& cls);

  std::u16string_view text_;
  std::size_t at_ = 0;
  PatternOptions options_;
  int depth_ = 0;
  std::string cause_;
};

}  // namespace aorta::expr::json_path
