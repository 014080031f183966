#include "core/expr/json_path/path_reader.hpp"

#include <utility>

#include "core/base/unicode.hpp"
#include "core/expr/json_path/positions.hpp"

namespace aorta::expr::json_path {
namespace {

constexpr std::string_view kOpenBracket = "a bracket is not closed";

std::string_view trim_end(std::string_view text) {
  while (!text.empty()) {
    std::size_t last = text.size() - 1;
    while (last > 0 && (static_cast<unsigned char>(text[last]) & 0xC0) == 0x80) --last;
    const char* p = text.data() + last;
    if (!is_white_space(next_char(p))) break;
    text = text.substr(0, last);
  }
  return text;
}

bool ends_path_in_filter(char c) { return c == '=' || c == '<' || c == '!' || c == '>' || c == '|' || c == '&'; }

bool is_definite(Step::Kind kind) { return kind == Step::Kind::Member || kind == Step::Kind::Element; }

Step named(std::size_t offset, std::vector<std::string> names, bool scan) {
  Step step;
  step.offset = offset;
  if (names.size() == 1) {
    step.kind = scan ? Step::Kind::ScanMember : Step::Kind::Member;
  } else {
    step.kind = scan ? Step::Kind::ScanMembers : Step::Kind::Members;
  }
  step.names = std::move(names);
  return step;
}

Step any_name(std::size_t offset, bool scan) {
  Step step;
  step.offset = offset;
  step.kind = scan ? Step::Kind::ScanAny : Step::Kind::AnyMember;
  return step;
}

}  // namespace

bool PathReader::read(Program& out) {
  program_ = &out;
  out.text = std::string(text_);
  if (!is_utf8(text_, Surrogates::Allow)) return fail("the expression is no valid UTF-8");
  if (trim_end(text_).empty()) return fail("the expression is empty; write $ for the whole message");
  std::size_t start = 0;
  skip_blanks();
  if (peek() == '$') {
    if (text_.size() == 1) return true;
    if (at_ + 1 >= text_.size()) return fail("blanks before a lone $ are not allowed");
    if (peek(1) == '.' || peek(1) == '[') start = ++at_;
  }
  if (!read_path(out.path, start, false)) return false;
  skip_blanks();
  return at_end() || unexpected("in a path");
}

bool PathReader::read_path(Path& path, std::size_t start, bool in_filter) {
  bool scan = false;
  bool after_bracket = false;
  bool after_dot = false;
  while (!at_end()) {
    char c = peek();
    if (c == ']' || c == ')' || c == ' ' || (in_filter && ends_path_in_filter(c))) break;
    if (c == '[' || c == '(') {
      if (at_ > start) add_name(path, start, std::exchange(scan, false));
      if (!read_bracket(path, std::exchange(scan, false))) return false;
      start = at_;
      after_bracket = true;
      after_dot = false;
    } else if (c == '.') {
      if (at_ > start) add_name(path, start, std::exchange(scan, false));
      if (peek(1) == '.') {
        scan = true;
        ++at_;
      }
      ++at_;
      start = at_;
      after_bracket = false;
      after_dot = true;
    } else {
      if (after_bracket) return unexpected("behind a bracket");
      ++at_;
    }
  }
  return finish_path(path, start, scan, after_dot, in_filter);
}

bool PathReader::finish_path(Path& path, std::size_t start, bool scan, bool after_dot, bool in_filter) {
  if (at_ > start) {
    std::string_view name = trim_end(text_.substr(start, at_ - start));
    add(path, name == "*" ? any_name(start, scan) : named(start, {std::string(name)}, scan));
    return true;
  }
  return !(after_dot && (at_end() || in_filter)) || fail("a name is missing behind the dot");
}

void PathReader::add_name(Path& path, std::size_t start, bool scan) {
  std::string_view name = text_.substr(start, at_ - start);
  add(path, name == "*" ? any_name(start, scan) : named(start, {std::string(name)}, scan));
}

void PathReader::add(Path& path, Step step) {
  path.definite = path.definite && is_definite(step.kind);
  path.steps.push_back(std::move(step));
}

bool PathReader::read_bracket(Path& path, bool scan) {
  char close = peek() == '[' ? ']' : ')';
  ++at_;
  if (!need_more(kOpenBracket)) return false;
  skip_blanks();
  bool read = peek() == '\''  ? read_quoted_names(path, close, scan)
              : peek() == '?' ? read_filter(path, close, scan)
                              : read_positions(path, close);
  if (read) ++at_;
  return read;
}

bool PathReader::read_quoted_names(Path& path, char close, bool scan) {
  std::size_t offset = at_;
  std::vector<std::string> names;
  while (!at_end()) {
    if (!read_quoted(names.emplace_back())) return false;
    skip_blanks();
    if (!need_more(kOpenBracket)) return false;
    if (peek() == close) {
      add(path, named(offset, std::move(names), scan));
      return true;
    }
    if (peek() != ',') return unexpected("behind a quoted name");
    ++at_;
    skip_blanks();
  }
  return fail(kOpenBracket);
}

// The reference does not look at the first character: it is a quote, or behind a comma anything.
bool PathReader::read_quoted(std::string& out) {
  ++at_;
  while (!at_end()) {
    char c = peek();
    if (c == '\\' && at_ + 1 < text_.size()) {
      if (!read_escape(out)) return false;
      continue;
    }
    ++at_;
    if (c == '\'') return true;
    out += c;
  }
  return fail("a quoted text is not closed");
}

bool PathReader::read_escape(std::string& out) {
  constexpr std::string_view kEscapes = "btnfr\\\"'/";
  constexpr std::string_view kMeanings = "\b\t\n\f\r\\\"'/";
  std::size_t found = kEscapes.find(peek(1));
  if (found == std::string_view::npos)
    return fail("unknown escape in a quoted text (known: \\b \\t \\n \\f \\r \\\\ \\\" \\' \\/)");
  out += kMeanings[found];
  at_ += 2;
  return true;
}

bool PathReader::read_positions(Path& path, char close) {
  Step step;
  step.offset = at_;
  std::string_view cause = json_path::read_positions(text_, at_, close, step);
  if (!cause.empty()) return fail(cause);
  if (step.kind == Step::Kind::Slice && step.slice.step == 0 && !path.step_zero) path.step_zero = step.offset;
  add(path, std::move(step));
  return true;
}

void PathReader::skip_blanks() {
  while (peek() == ' ') ++at_;
}

bool PathReader::match(std::string_view word) {
  if (text_.substr(std::min(at_, text_.size()), word.size()) != word) return false;
  at_ += word.size();
  return true;
}

bool PathReader::need_more(std::string_view cause) { return !at_end() || fail(cause); }

bool PathReader::fail(std::string_view cause) {
  fault_ = Error("bad-json-path", located(text_, at_, cause));
  return false;
}

bool PathReader::unexpected(std::string_view where) {
  if (at_end()) return fail("the path ends too early");
  const char* p = text_.data() + at_;
  const char* begin = p;
  next_char(p);
  std::string found(begin, p);
  return fail("unexpected \"" + found + "\" " + std::string(where));
}

}  // namespace aorta::expr::json_path
