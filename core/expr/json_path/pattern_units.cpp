#include <optional>
#include <utility>

#include "core/expr/json_path/pattern_reader.hpp"

namespace aorta::expr::json_path {
namespace {

CharSet class_set(CharClass cls, bool negated) {
  CharSet set;
  set.classes.push_back({cls, negated});
  return set;
}

int hex_value(char16_t c) {
  if (is_ascii_digit(c)) return c - '0';
  char16_t l = fold(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

std::optional<CharSet::Class> class_of_letter(char16_t c) {
  switch (c) {
    case 'd':
      return CharSet::Class{CharClass::Digit, false};
    case 'D':
      return CharSet::Class{CharClass::Digit, true};
    case 'w':
      return CharSet::Class{CharClass::Word, false};
    case 'W':
      return CharSet::Class{CharClass::Word, true};
    case 's':
      return CharSet::Class{CharClass::Space, false};
    case 'S':
      return CharSet::Class{CharClass::Space, true};
    default:
      return {};
  }
}

std::optional<Anchor> anchor_of_letter(char16_t c) {
  switch (c) {
    case 'A':
    case 'G':
      return Anchor::Start;  // \G: where the search began, which is the start
    case 'Z':
      return Anchor::BeforeFinalBreak;
    case 'z':
      return Anchor::End;
    case 'b':
      return Anchor::Boundary;
    case 'B':
      return Anchor::NoBoundary;
    default:
      return {};
  }
}

std::optional<char16_t> control_of_letter(char16_t c) {
  switch (c) {
    case 't':
      return u'\t';
    case 'n':
      return u'\n';
    case 'r':
      return u'\r';
    case 'f':
      return u'\f';
    case 'v':
      return u'\v';
    case 'a':
      return u'\a';
    case 'e':
      return u'\x1B';
    default:
      return {};
  }
}

}  // namespace

PatternPtr PatternReader::single(char16_t c) {
  CharSet set;
  set.ranges.emplace_back(c, c);
  return of_set(std::move(set));
}

PatternPtr PatternReader::of_set(CharSet set) {
  PatternPtr out = make_pattern(Pattern::Kind::Set);
  set.ignore_case = options_.ignore_case;
  set.prepare();
  out->set = std::move(set);
  return out;
}

PatternPtr PatternReader::read_dot() {
  CharSet set;
  set.negated = true;
  if (!options_.single_line) set.ranges.emplace_back(u'\n', u'\n');
  return of_set(std::move(set));
}

PatternPtr PatternReader::read_escape() {
  if (at_end()) return refuse("the pattern ends in a backslash");
  char16_t c = peek();
  if (std::optional<CharSet::Class> cls = class_of_letter(c)) {
    ++at_;
    return of_set(class_set(cls->cls, cls->negated));
  }
  if (std::optional<Anchor> anchor = anchor_of_letter(c)) {
    ++at_;
    return make_anchor(*anchor);
  }
  if (c == 'p' || c == 'P') {
    std::optional<CharSet::Class> cls = read_category();
    return cls ? of_set(class_set(cls->cls, cls->negated)) : nullptr;
  }
  if (c == 'k' || (c >= '1' && c <= '9')) return refuse("backreferences are not supported");
  std::optional<char16_t> unit = read_escaped_unit();
  return unit ? single(*unit) : nullptr;
}

std::optional<CharSet::Class> PatternReader::read_category() {
  bool negated = text_[at_++] == 'P';
  std::size_t end = text_.find(u'}', at_);
  if (peek() != '{' || end == std::u16string_view::npos) return refuse("\\p must be followed by {name}"), std::nullopt;
  std::u16string_view name = text_.substr(at_ + 1, end - at_ - 1);
  at_ = end + 1;
  if (name == u"L") return CharSet::Class{CharClass::Letter, negated};
  if (name == u"Nd") return CharSet::Class{CharClass::Digit, negated};
  return refuse("of the \\p{…} classes only L and Nd are supported"), std::nullopt;
}

std::optional<char16_t> PatternReader::read_escaped_unit() {
  char16_t c = text_[at_++];
  if (std::optional<char16_t> control = control_of_letter(c)) return control;
  if (c == 'x') return read_hex(2);
  if (c == 'u') return read_hex(4);
  if (c == 'c') return read_control();
  if (c >= '0' && c <= '7') return read_octal(c);
  if (is_boundary_word(c)) return refuse("an escape is not known"), std::nullopt;
  return c;
}

std::optional<char16_t> PatternReader::read_hex(int digits) {
  int value = 0;
  for (; digits > 0; --digits, ++at_) {
    int digit = at_end() ? -1 : hex_value(peek());
    if (digit < 0) return refuse("hexadecimal digits are missing behind \\x or \\u"), std::nullopt;
    value = value * 16 + digit;
  }
  return static_cast<char16_t>(value);
}

std::optional<char16_t> PatternReader::read_control() {
  char16_t c = static_cast<char16_t>((fold(peek()) - 'a' + 'A') - '@');
  if (at_end() || c >= ' ') return refuse("a control character is missing behind \\c"), std::nullopt;
  ++at_;
  return c;
}

char16_t PatternReader::read_octal(char16_t first) {
  int value = first - '0';
  for (int more = 2; more > 0 && peek() >= '0' && peek() <= '7' && !at_end(); --more)
    value = value * 8 + (text_[at_++] - '0');
  return static_cast<char16_t>(value & 0xFF);
}

PatternPtr PatternReader::read_set_atom() {
  CharSet set;
  if (!read_set(set)) return nullptr;
  return of_set(std::move(set));
}

bool PatternReader::read_set(CharSet& set) {
  if (++depth_ > kMaxPatternDepth) return refuse("groups nest too deep"), false;
  set.negated = match(u"^");
  for (bool first = true; !at_end(); first = false) {
    if (peek() == ']' && !first) {
      ++at_;
      --depth_;
      return true;
    }
    if (!first && match(u"-[")) {
      if (!read_subtraction(set)) return false;
      continue;
    }
    if (!read_set_item(set)) return false;
  }
  return refuse("a [ is not closed"), false;
}

bool PatternReader::read_subtraction(CharSet& set) {
  CharSet inner;
  if (!read_set(inner)) return false;
  if (peek() != ']') return refuse("a subtracted set must stand last in its set"), false;
  inner.ignore_case = options_.ignore_case;
  inner.prepare();
  set.without = std::make_shared<const CharSet>(std::move(inner));
  return true;
}

bool PatternReader::read_set_item(CharSet& set) {
  std::optional<CharSet::Class> cls;
  std::optional<char16_t> first = read_set_unit(cls);
  if (cls) set.classes.push_back(*cls);
  if (!first) return cls.has_value();
  char16_t last = *first;
  if (peek() == '-' && at_ + 1 < text_.size() && peek(1) != ']' && peek(1) != '[') {
    ++at_;
    std::optional<char16_t> end = read_set_unit(cls);
    if (cls) return refuse("a class can not end a range"), false;
    if (!end) return false;
    last = *end;
  }
  if (last < *first) return refuse("a range is in reverse order"), false;
  set.ranges.emplace_back(*first, last);
  return true;
}

std::optional<char16_t> PatternReader::read_set_unit(std::optional<CharSet::Class>& cls) {
  char16_t c = text_[at_++];
  if (c != '\\') return c;
  if (at_end()) return refuse("a [ is not closed"), std::nullopt;
  cls = class_of_letter(peek());
  if (cls) return ++at_, std::nullopt;
  if (peek() == 'p' || peek() == 'P') return cls = read_category(), std::nullopt;
  if (peek() == 'b') return ++at_, u'\b';
  return read_escaped_unit();
}

}  // namespace aorta::expr::json_path
