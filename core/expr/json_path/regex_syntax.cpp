#include "core/expr/json_path/regex_syntax.hpp"

#include <algorithm>
#include <utility>

#include "core/expr/json_path/pattern_reader.hpp"

namespace aorta::expr::json_path {
namespace {

bool is_quantifier_start(char16_t c) { return c == '*' || c == '+' || c == '?'; }

PatternOptions options_of(std::string_view letters) {
  PatternOptions out;
  for (char c : letters) {
    if (c == 'i') out.ignore_case = true;
    if (c == 'm') out.multiline = true;
    if (c == 's') out.single_line = true;
  }
  return out;
}

}  // namespace

PatternResult PatternReader::read() {
  PatternPtr pattern = read_alternatives();
  if (pattern && !at_end()) pattern = refuse("a ) is too many");
  return {std::move(pattern), std::move(cause_)};
}

bool PatternReader::match(std::u16string_view word) {
  if (text_.substr(at_, word.size()) != word) return false;
  at_ += word.size();
  return true;
}

PatternPtr PatternReader::refuse(std::string cause) {
  if (cause_.empty()) cause_ = std::move(cause);
  return nullptr;
}

PatternPtr PatternReader::read_alternatives() {
  PatternPtr any = make_pattern(Pattern::Kind::Any);
  do {
    PatternPtr sequence = read_sequence();
    if (!sequence) return nullptr;
    any->parts.push_back(std::move(sequence));
  } while (match(u"|"));
  return any->parts.size() == 1 ? std::move(any->parts.front()) : std::move(any);
}

PatternPtr PatternReader::read_sequence() {
  PatternPtr all = make_pattern(Pattern::Kind::All);
  for (skip_free_space(); !at_end() && peek() != '|' && peek() != ')'; skip_free_space()) {
    PatternPtr part = read_atom();
    if (!part) return nullptr;
    if (part->kind != Pattern::Kind::Empty) part = read_quantifiers(std::move(part));
    if (!part) return nullptr;
    all->parts.push_back(std::move(part));
  }
  return all;
}

void PatternReader::skip_free_space() {
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

PatternPtr PatternReader::read_atom() {
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

PatternPtr PatternReader::read_group() {
  if (++depth_ > kMaxPatternDepth) return refuse("groups nest too deep");
  PatternOptions outer = options_;
  PatternPtr look;
  bool bare_options = false;
  if (match(u"?") && !read_group_kind(look, bare_options)) return nullptr;
  if (bare_options) {
    --depth_;
    return make_pattern(Pattern::Kind::Empty);
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

bool PatternReader::read_group_kind(PatternPtr& look, bool& bare_options) {
  static constexpr struct {
    std::u16string_view sign;
    bool behind, negative;
  } kLooks[] = {{u"=", false, false}, {u"!", false, true}, {u"<=", true, false}, {u"<!", true, true}};
  for (const auto& kind : kLooks) {
    if (!match(kind.sign)) continue;
    look = make_pattern(Pattern::Kind::Look);
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

bool PatternReader::read_group_name(char16_t close) {
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

bool PatternReader::is_group_number(std::u16string_view name) {
  for (char16_t c : name) {
    if (!is_ascii_digit(c)) return false;
  }
  return name.front() != '0';
}

bool PatternReader::read_options(bool& bare) {
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

PatternPtr PatternReader::read_quantifiers(PatternPtr part) {
  skip_free_space();
  std::uint32_t least = 0, most = Pattern::kForever;
  if (!read_quantifier(least, most)) return cause_.empty() ? std::move(part) : nullptr;
  if (least > most) return refuse("a quantifier is in reverse order");
  match(u"?");
  skip_free_space();
  std::uint32_t ignored = 0;
  if (read_quantifier(ignored, ignored)) return refuse("a quantifier follows a quantifier");
  PatternPtr repeat = make_pattern(Pattern::Kind::Repeat);
  repeat->least = least;
  repeat->most = most;
  repeat->parts.push_back(std::move(part));
  return repeat;
}

bool PatternReader::read_quantifier(std::uint32_t& least, std::uint32_t& most) {
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

std::uint32_t PatternReader::read_count() {
  std::uint64_t value = 0;
  for (; is_ascii_digit(peek()); ++at_) value = std::min<std::uint64_t>(value * 10 + (peek() - u'0'), 0x7FFFFFFF);
  return static_cast<std::uint32_t>(value);
}

std::size_t PatternReader::quantifier_size() const {
  std::size_t i = 1;
  while (is_ascii_digit(peek(i))) ++i;
  if (i == 1) return 0;
  if (peek(i) == ',') {
    ++i;
    while (is_ascii_digit(peek(i))) ++i;
  }
  return peek(i) == '}' ? i + 1 : 0;
}

PatternResult read_pattern(std::u16string_view pattern, std::string_view options) {
  return PatternReader(pattern, options_of(options)).read();
}

}  // namespace aorta::expr::json_path
