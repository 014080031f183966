#include "core/document/reader.hpp"

#include <algorithm>

#include "core/base/unicode.hpp"
#include "core/document/date_node.hpp"
#include "core/document/duplicates.hpp"
#include "core/document/name_tag.hpp"
#include "core/document/scan.hpp"

namespace aorta::document {
namespace {

constexpr std::uint8_t kTop = 0;
constexpr std::uint8_t kInEnvelope = 1;

}  // namespace

Reader::Reader(Document& document, std::string_view text, const Document::Options& options)
    : document_(document),
      nodes_(document.tape_.data()),
      used_(document.used_),
      capacity_(document.tape_.size()),
      text_(text),
      begin_(text.data()),
      end_(text.data() + text.size()),
      at_(text.data()),
      lines_(text),
      known_names_(document.known_names_.get()),
      dates_(options.dates),
      positions_(options.positions) {
  top_ = frames_.data();
  *top_ = Frame{0, 0, Kind::Null, false, document.used_ == 0 ? kTop : kInEnvelope, {}};
  last_bracket_ = find_last_bracket();
}

Result<void> Reader::read(std::string_view name) {
  name_ = name;
  name_tag_ = name_tag(name);
  const char* p = at_;
  while (p && !done_) {
    p = step(p);
    if (p && !done_) p = plain(p);
  }
  document_.used_ = used_;
  if (!p) return error();
  at_ = p;
  return {};
}

bool Reader::has_trailing_text() {
  const char* p = skip_blanks(at_);
  if (p) at_ = p;
  return p != end_;
}

Error Reader::trailing_error() {
  if (!what_) fail(at_, "text follows the JSON value; remove it");
  return error();
}

inline const char* Reader::value(const char* p) {
  switch (char c = peek(p); c) {
    case '"':
    case '\'':
      return string_value(p);
    case '{':
      return open(p, Kind::Object);
    case '[':
      return open(p, Kind::Array);
    case ']':
      return close(p, Kind::Array);
    case ')':
      return close(p, Kind::Constructor);
    case 't':
      return literal(p, "true", Kind::Boolean, 1);
    case 'f':
      return literal(p, "false", Kind::Boolean);
    default:
      return is_digit(c) || c == '-' || c == '.' ? number(p) : value_slow(p);
  }
}

// A name, its colon, and the value.
inline const char* Reader::member(const char* p) {
  char c = peek(p);
  if (c == '}') return close(p, Kind::Object);
  std::string_view name;
  p = c == '"' || c == '\'' ? quoted(p, name) : bare_name(p, name);
  if (!p) return nullptr;
  if (peek(p) != ':') p = skip_white_space(p);
  if (peek(p) != ':') return fail(p, "a \":\" is missing behind a member's name");
  ++p;
  name_ = name;
  name_tag_ = name_tag(name);
  note_name(*top_, name, name_tag_);
  if (positions_) name_position_ = lines_.at(static_cast<std::size_t>(p - begin_));
  p = skip_blanks(p);
  return p ? value(p) : nullptr;
}

// A comma and what follows it, or a closing bracket.
inline const char* Reader::after_value(const char* p) {
  switch (peek(p)) {
    case ',':
      p = skip_blanks(p + 1);
      return p ? child(p) : nullptr;
    case '}':
      return close(p, Kind::Object);
    case ']':
      return close(p, Kind::Array);
    case ')':
      return close(p, Kind::Constructor);
    default:
      break;
  }
  return fail(
      p, p == end_ ? "the text ends inside an object or array" : "a comma or closing bracket is missing behind a value"
  );
}

inline const char* Reader::child(const char* p) { return top_->kind == Kind::Object ? member(p) : value(p); }

// One child, or the end of a container.
inline const char* Reader::step(const char* p) {
  p = skip_blanks(p);
  if (!p) return nullptr;
  return state_ == State::AfterValue ? after_value(p) : child(p);
}

const char* Reader::open(const char* p, Kind kind) {
  ++p;
  if (top_ == &frames_.back()) return fail(p, "objects and arrays are nested more than 64 deep", "too-deep");
  auto index = static_cast<std::uint32_t>(used_);
  add(kind);
  place(p);
  auto depth = static_cast<std::uint8_t>(top_->depth + 1);
  *++top_ = Frame{index, 0, kind, false, depth, {}};
  state_ = State::Child;
  return p;
}

const char* Reader::close(const char* p, Kind kind) {
  if (top_->kind != kind) return fail(p, "a closing bracket does not fit what is open");
  Node& node = nodes_[top_->node];
  node.count = top_->count;
  if (top_->suspect) used_ = merge_duplicates(document_.tape_, document_.places_, top_->node, used_);
  node.span = static_cast<std::uint32_t>(used_) - top_->node;
  --top_;
  return finish(p + 1);
}

const char* Reader::string_value(const char* p) {
  std::string_view text;
  p = quoted(p, text);
  if (!p) return nullptr;
  if (!dates_ || !may_be_date(text)) return finish(p, add(Kind::String), text);
  DetectedDate found = detect_date(text, document_.known_day_);
  if (found.fatal) return fail(p, found.fatal, "date-out-of-range");
  Node& node = add(Kind::String);
  if (found.date) set_date(node, *found.date);
  return finish(p, node, text);
}

[[gnu::always_inline]] inline const char* Reader::quoted(const char* p, std::string_view& out) {
  char quote = *p;
  const char* start = p + 1;
  const char* stop = find_quote(start, end_, quote);
  if (stop < end_ && *stop == quote) {
    out = {start, static_cast<std::size_t>(stop - start)};
    return stop + 1;
  }
  while (stop < end_ && *stop == '\\') stop = find_quote(stop + 1 < end_ ? stop + 2 : end_, end_, quote);
  return stop < end_ ? quoted_with_escapes(start, stop, out) : fail(end_, "a string does not end");
}

const char* Reader::literal(const char* p, std::string_view word, Kind kind, double number) {
  auto left = static_cast<std::size_t>(end_ - p);
  if (std::string_view(p, std::min(left, word.size())) != word) return fail(p, "no JSON value starts here");
  std::string_view text(p, word.size());
  p += word.size();
  if (!is_separator(p)) return fail(p, "a letter is glued to true, false, null, NaN, Infinity or undefined");
  Node& node = add(kind);
  if (kind == Kind::Boolean) node.boolean = number != 0;
  if (kind == Kind::Float) node.number = number;
  return finish(p, node, text);
}

inline const char* Reader::skip_blanks(const char* p) {
  while (p < end_) {
    auto c = static_cast<unsigned char>(*p);
    if (c > 0x20 && c < 0x80 && c != '/') return p;
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return skip_blanks_slow(p);
    ++p;
  }
  return p;
}

void Reader::grow() {
  capacity_ = 2 * capacity_ + 64;
  document_.tape_.resize(capacity_);
  nodes_ = document_.tape_.data();
}

void Reader::place(const char* p) {
  if (!positions_) return;
  bool named = nodes_[used_ - 1].name != nullptr;
  document_.places_.push_back({lines_.at(static_cast<std::size_t>(p - begin_)), named ? name_position_ : Position{}});
}

// Looks back in small objects; in large ones that would cost more than sorting the names once.
bool Reader::may_repeat(const Frame& object, std::string_view name, std::uint32_t tag) const {
  constexpr std::uint32_t kFarthest = 32;
  if (object.count > kFarthest) return true;
  const Node* before = nodes_ + object.node + 1;
  for (std::uint32_t i = object.count; i > 0; --i, before += before->span) {
    if (before->name_tag == tag && std::string_view(before->name, before->name_size) == name) return true;
  }
  return false;
}

const char* Reader::fail(const char* p, const char* what, const char* reason) {
  at_ = p;
  what_ = what;
  reason_ = reason;
  return nullptr;
}

Error Reader::error() const {
  Position where = LineCounter(text_).at(static_cast<std::size_t>(at_ - begin_));
  std::string place = "line " + std::to_string(where.line) + ", column " + std::to_string(where.column + 1);
  return Error(reason_, std::string(what_) + " (" + place + ")").at({}, {where.line, where.column + 1});
}

}  // namespace aorta::document
