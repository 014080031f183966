#include "core/expr/json_path/regex_syntax.hpp"

#include <optional>
#include <utility>

namespace aorta::expr::json_path {
namespace {

using PatternPtr = std::unique_ptr<Pattern>;
using Kind = Pattern::Kind;

// Groups may nest this deep.
constexpr int kMaxDepth = 100;

struct Options {
  bool ignore_case = false, multiline = false, single_line = false, free_spacing = false;
};

PatternPtr make(Kind kind) {
  auto out = std::make_unique<Pattern>();
  out->kind = kind;
  return out;
}

PatternPtr make_anchor(Anchor anchor) {
  PatternPtr out = make(Kind::Anchor);
  out->anchor = anchor;
  return out;
}

CharSet class_set(CharClass cls, bool negated) {
  CharSet set;
  set.classes.push_back({cls, negated});
  return set;
}

bool is_quantifier_start(char16_t c) { return c == '*' || c == '+' || c == '?'; }
bool is_ascii_digit(char16_t c) { return c >= '0' && c <= '9'; }

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

class Reader {
 public:
  Reader(std::u16string_view text, Options options) : text_(text), options_(options) {}

  PatternResult read() {
    PatternPtr pattern = read_alternatives();
    if (pattern && !at_end()) pattern = refuse("a ) is too many");
    return {std::move(pattern), std::move(cause_)};
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char16_t peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : u'\0'; }
  bool match(std::u16string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  PatternPtr refuse(std::string cause) {
    if (cause_.empty()) cause_ = std::move(cause);
    return nullptr;
  }

  PatternPtr read_alternatives() {
    PatternPtr any = make(Kind::Any);
    do {
      PatternPtr sequence = read_sequence();
      if (!sequence) return nullptr;
      any->parts.push_back(std::move(sequence));
    } while (match(u"|"));
    return any->parts.size() == 1 ? std::move(any->parts.front()) : std::move(any);
  }

  PatternPtr read_sequence() {
    PatternPtr all = make(Kind::All);
    for (skip_free_space(); !at_end() && peek() != '|' && peek() != ')'; skip_free_space()) {
      PatternPtr part = read_atom();
      if (!part) return nullptr;
      if (part->kind != Kind::Empty) part = read_quantifiers(std::move(part));
      if (!part) return nullptr;
      all->parts.push_back(std::move(part));
    }
    return all;
  }

  // Comments, and with the x of (?x) blanks.
  void skip_free_space() {
    for (;;) {
      if (options_.free_spacing && !at_end() && is_in(CharClass::Space, peek())) {
        ++at_;
      } else if (options_.free_spacing && peek() == '#') {
        while (!at_end() && peek() != '\n') ++at_;
      } else if (text_.substr(at_, 3) == u"(?#" && text_.find(u')', at_) != std::u16string_view::npos) {
        at_ = text_.find(u')', at_) + 1;
      } else {
        return;
      }
    }
  }

  PatternPtr read_atom() {
    char16_t c = text_[at_++];
    switch (c) {
      case '(':
        return read_group();
      case '[':
        return read_set_atom();
      case '\\':
        return read_escape();
      case '^':
        return make_anchor(options_.multiline ? Anchor::LineStart : Anchor::Start);
      case '$':
        return make_anchor(options_.multiline ? Anchor::LineEnd : Anchor::BeforeFinalBreak);
      case '.':
        return read_dot();
      default:
        break;
    }
    if (is_quantifier_start(c)) return refuse("a quantifier follows nothing");
    --at_;
    if (c == '{' && quantifier_size() > 0) return refuse("a quantifier follows nothing");
    ++at_;
    return single(c);
  }

  PatternPtr single(char16_t c) {
    CharSet set;
    set.ranges.emplace_back(c, c);
    return of_set(std::move(set));
  }
  PatternPtr of_set(CharSet set) {
    PatternPtr out = make(Kind::Set);
    set.ignore_case = options_.ignore_case;
    set.prepare();
    out->set = std::move(set);
    return out;
  }
  PatternPtr read_dot() {
    CharSet set;
    set.negated = true;
    if (!options_.single_line) set.ranges.emplace_back(u'\n', u'\n');
    return of_set(std::move(set));
  }

  PatternPtr read_escape() {
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

  std::optional<CharSet::Class> read_category() {
    bool negated = text_[at_++] == 'P';
    std::size_t end = text_.find(u'}', at_);
    if (peek() != '{' || end == std::u16string_view::npos)
      return refuse("\\p must be followed by {name}"), std::nullopt;
    std::u16string_view name = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    if (name == u"L") return CharSet::Class{CharClass::Letter, negated};
    if (name == u"Nd") return CharSet::Class{CharClass::Digit, negated};
    return refuse("of the \\p{…} classes only L and Nd are supported"), std::nullopt;
  }

  std::optional<char16_t> read_escaped_unit() {
    char16_t c = text_[at_++];
    if (std::optional<char16_t> control = control_of_letter(c)) return control;
    if (c == 'x') return read_hex(2);
    if (c == 'u') return read_hex(4);
    if (c == 'c') return read_control();
    if (c >= '0' && c <= '7') return read_octal(c);
    if (is_boundary_word(c)) return refuse("an escape is not known"), std::nullopt;
    return c;
  }

  std::optional<char16_t> read_hex(int digits) {
    int value = 0;
    for (; digits > 0; --digits, ++at_) {
      int digit = at_end() ? -1 : hex_value(peek());
      if (digit < 0) return refuse("hexadecimal digits are missing behind \\x or \\u"), std::nullopt;
      value = value * 16 + digit;
    }
    return static_cast<char16_t>(value);
  }

  std::optional<char16_t> read_control() {
    char16_t c = static_cast<char16_t>((fold(peek()) - 'a' + 'A') - '@');
    if (at_end() || c >= ' ') return refuse("a control character is missing behind \\c"), std::nullopt;
    ++at_;
    return c;
  }

  char16_t read_octal(char16_t first) {
    int value = first - '0';
    for (int more = 2; more > 0 && peek() >= '0' && peek() <= '7' && !at_end(); --more)
      value = value * 8 + (text_[at_++] - '0');
    return static_cast<char16_t>(value & 0xFF);
  }

  PatternPtr read_set_atom() {
    CharSet set;
    if (!read_set(set)) return nullptr;
    return of_set(std::move(set));
  }

  // Behind the opening bracket, up to and with the closing one.
  bool read_set(CharSet& set) {
    if (++depth_ > kMaxDepth) return refuse("groups nest too deep"), false;
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

  bool read_subtraction(CharSet& set) {
    CharSet inner;
    if (!read_set(inner)) return false;
    if (peek() != ']') return refuse("a subtracted set must stand last in its set"), false;
    inner.ignore_case = options_.ignore_case;
    inner.prepare();
    set.without = std::make_shared<const CharSet>(std::move(inner));
    return true;
  }

  bool read_set_item(CharSet& set) {
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

  // A unit, or a class, or neither after a refusal.
  std::optional<char16_t> read_set_unit(std::optional<CharSet::Class>& cls) {
    char16_t c = text_[at_++];
    if (c != '\\') return c;
    if (at_end()) return refuse("a [ is not closed"), std::nullopt;
    cls = class_of_letter(peek());
    if (cls) return ++at_, std::nullopt;
    if (peek() == 'p' || peek() == 'P') return cls = read_category(), std::nullopt;
    if (peek() == 'b') return ++at_, u'\b';
    return read_escaped_unit();
  }

  PatternPtr read_group() {
    if (++depth_ > kMaxDepth) return refuse("groups nest too deep");
    Options outer = options_;
    PatternPtr look;
    bool bare_options = false;
    if (match(u"?") && !read_group_kind(look, bare_options)) return nullptr;
    if (bare_options) {
      --depth_;
      return make(Kind::Empty);
    }
    PatternPtr inside = read_alternatives();
    if (!inside) return nullptr;
    if (!match(u")")) return refuse("a ( is not closed");
    options_ = outer;
    --depth_;
    if (!look) return inside;
    look->parts.push_back(std::move(inside));
    return look;
  }

  // Behind "(?". `look`: the group is an assertion. `bare_options`: it was (?i) and is over; the options last to the
  // end of the outer group.
  bool read_group_kind(PatternPtr& look, bool& bare_options) {
    static constexpr struct {
      std::u16string_view sign;
      bool behind, negative;
    } kLooks[] = {{u"=", false, false}, {u"!", false, true}, {u"<=", true, false}, {u"<!", true, true}};
    for (const auto& kind : kLooks) {
      if (!match(kind.sign)) continue;
      look = make(Kind::Look);
      look->behind = kind.behind;
      look->negative = kind.negative;
      return true;
    }
    if (match(u":")) return true;
    if (match(u"<")) return read_group_name(u'>');
    if (match(u"'")) return read_group_name(u'\'');
    if (peek() == '>') return refuse("atomic groups (?>…) are not supported"), false;
    if (peek() == '(') return refuse("conditional groups (?(…)…) are not supported"), false;
    return read_options(bare_options);
  }

  bool read_group_name(char16_t close) {
    std::size_t end = text_.find(close, at_);
    if (end == std::u16string_view::npos || end == at_) return refuse("a group's name is not closed"), false;
    std::u16string_view name = text_.substr(at_, end - at_);
    if (name.find(u'-') != std::u16string_view::npos) return refuse("balancing groups are not supported"), false;
    for (char16_t c : name) {
      if (!is_boundary_word(c)) return refuse("a group's name may hold letters, digits and _ only"), false;
    }
    if (is_ascii_digit(name.front()) && !is_group_number(name))
      return refuse("a group's number must be digits, not 0"), false;
    at_ = end + 1;
    return true;
  }

  static bool is_group_number(std::u16string_view name) {
    for (char16_t c : name) {
      if (!is_ascii_digit(c)) return false;
    }
    return name.front() != '0';
  }

  bool read_options(bool& bare) {
    bool on = true;
    for (; !at_end(); ++at_) {
      switch (fold(peek())) {
        case 'i':
          options_.ignore_case = on;
          break;
        case 'm':
          options_.multiline = on;
          break;
        case 's':
          options_.single_line = on;
          break;
        case 'x':
          options_.free_spacing = on;
          break;
        case 'n':
          break;
        case '-':
          on = false;
          break;
        case '+':
          on = true;
          break;
        case ':':
          return ++at_, true;
        case ')':
          return ++at_, bare = true;
        default:
          return refuse("a group begins with an unknown (?…"), false;
      }
    }
    return refuse("a ( is not closed"), false;
  }

  PatternPtr read_quantifiers(PatternPtr part) {
    skip_free_space();
    std::uint32_t least = 0, most = Pattern::kForever;
    if (!read_quantifier(least, most)) return cause_.empty() ? std::move(part) : nullptr;
    if (least > most) return refuse("a quantifier is in reverse order");
    match(u"?");
    skip_free_space();
    std::uint32_t ignored = 0;
    if (read_quantifier(ignored, ignored)) return refuse("a quantifier follows a quantifier");
    PatternPtr repeat = make(Kind::Repeat);
    repeat->least = least;
    repeat->most = most;
    repeat->parts.push_back(std::move(part));
    return repeat;
  }

  bool read_quantifier(std::uint32_t& least, std::uint32_t& most) {
    if (match(u"*")) return least = 0, most = Pattern::kForever, true;
    if (match(u"+")) return least = 1, most = Pattern::kForever, true;
    if (match(u"?")) return least = 0, most = 1, true;
    std::size_t size = peek() == '{' ? quantifier_size() : 0;
    if (size == 0) return false;
    std::size_t end = at_ + size;
    ++at_;
    least = most = read_count();
    if (match(u",")) most = peek() == '}' ? Pattern::kForever : read_count();
    at_ = end;
    return true;
  }

  std::uint32_t read_count() {
    std::uint64_t value = 0;
    for (; is_ascii_digit(peek()); ++at_) value = std::min<std::uint64_t>(value * 10 + (peek() - u'0'), 0x7FFFFFFF);
    return static_cast<std::uint32_t>(value);
  }

  // Of {n}, {n,} or {n,m} here; 0 if a brace is just a brace.
  std::size_t quantifier_size() const {
    std::size_t i = 1;
    while (is_ascii_digit(peek(i))) ++i;
    if (i == 1) return 0;
    if (peek(i) == ',') {
      ++i;
      while (is_ascii_digit(peek(i))) ++i;
    }
    return peek(i) == '}' ? i + 1 : 0;
  }

  std::u16string_view text_;
  std::size_t at_ = 0;
  Options options_;
  int depth_ = 0;
  std::string cause_;
};

Options options_of(std::string_view letters) {
  Options out;
  for (char c : letters) {
    if (c == 'i') out.ignore_case = true;
    if (c == 'm') out.multiline = true;
    if (c == 's') out.single_line = true;
  }
  return out;
}

}  // namespace

PatternResult read_pattern(std::u16string_view pattern, std::string_view options) {
  return Reader(pattern, options_of(options)).read();
}

}  // namespace aorta::expr::json_path
