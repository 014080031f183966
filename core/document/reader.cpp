#include "core/document/reader.hpp"

#include <algorithm>
#include <bit>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "core/base/unicode.hpp"
#include "core/document/duplicates.hpp"
#include "core/document/name_tag.hpp"

namespace aorta::document {
namespace {

// The first `quote` or backslash in [from, end), or `end`.
inline const char* find_quote(const char* from, const char* end, char quote) {
#ifdef __SSE2__
  const __m128i quotes = _mm_set1_epi8(quote);
  const __m128i backslashes = _mm_set1_epi8('\\');
  for (; end - from >= 16; from += 16) {
    __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    __m128i found = _mm_or_si128(_mm_cmpeq_epi8(bytes, quotes), _mm_cmpeq_epi8(bytes, backslashes));
    if (int mask = _mm_movemask_epi8(found); mask != 0) return from + std::countr_zero(static_cast<unsigned>(mask));
  }
#endif
  while (from < end && *from != quote && *from != '\\') ++from;
  return from;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The digits in [p, stop), appended to `value`.
inline const char* read_digits(const char* p, const char* stop, std::int64_t& value) {
  for (; p < stop && is_digit(*p); ++p) value = value * 10 + (*p - '0');
  return p;
}

// Cheap first look: an ISO date has its "T", the other form its slash.
inline bool may_be_date(std::string_view text) {
  return text.size() >= 9 && (text[0] == '/' || (text.size() >= 19 && text[10] == 'T'));
}

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
      dates_(options.dates),
      positions_(options.positions) {
  top_ = frames_.data();
  *top_ = Frame{};
}

Result<void> Reader::read(std::string_view name) {
  name_ = name;
  name_tag_ = name_tag(name);
  const char* p = at_;
  while (p && !done_) p = step(p);
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
  note_name(p, name);
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
  *++top_ = Frame{index, 0, kind, false, {}};
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
  DetectedDate found = detect_date(text);
  if (found.fatal) return fail(p, found.fatal, "date-out-of-range");
  Node& node = add(found.date ? Kind::Date : Kind::String);
  if (found.date) {
    node.zone = static_cast<std::uint8_t>(found.date->zone);
    node.integer = found.date->ticks;
  }
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

// Up to fifteen digits and at most one point: there a double's value is exact, or one division away from it.
const char* Reader::number(const char* const start) {
  constexpr std::array<double, 16> kPowers = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                              1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  const char* first = *start == '-' ? start + 1 : start;
  const char* stop = end_ - first > 17 ? first + 17 : end_;
  std::int64_t digits = 0;
  const char* p = read_digits(first, stop, digits);
  const char* point = p;
  if (p < stop && *p == '.') p = read_digits(p + 1, stop, digits);
  auto whole = point - first;
  auto fraction = p == point ? 0 : p - point - 1;
  bool plain = whole > 0 && (*first != '0' || whole == 1) && whole + fraction <= 15 && p != point + 1;
  if (!plain || !ends_number(p)) return number_slow(start);
  Node& node = add(p == point ? Kind::Integer : Kind::Float);
  bool negative = first != start;
  if (p == point) {
    node.integer = negative ? -digits : digits;
  } else {
    double magnitude = static_cast<double>(digits) / kPowers[static_cast<std::size_t>(fraction)];
    node.number = negative ? -magnitude : magnitude;
  }
  return finish(p, node, {start, static_cast<std::size_t>(p - start)});
}

// What surely ends a number; the rest is for the slow way.
inline bool Reader::ends_number(const char* p) const {
  return p == end_ || *p == ',' || *p == '}' || *p == ']' || *p == ' ' || *p == '\n' || *p == '\r';
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

inline void Reader::note_name(const char* colon, std::string_view name) {
  name_ = name;
  name_tag_ = name_tag(name);
  Frame& object = *top_;
  std::uint64_t& word = object.seen[name_tag_ >> 30];
  std::uint64_t bit = std::uint64_t{1} << (name_tag_ >> 24 & 63U);
  if ((word & bit) != 0 && !object.suspect) object.suspect = may_repeat(name);
  word |= bit;
  if (positions_) name_position_ = lines_.at(static_cast<std::size_t>(colon - begin_));
}

// Looks back in small objects; in large ones that would cost more than sorting the names once.
bool Reader::may_repeat(std::string_view name) const {
  constexpr std::uint32_t kFarthest = 32;
  if (top_->count > kFarthest) return true;
  const Node* before = nodes_ + top_->node + 1;
  for (std::uint32_t i = top_->count; i > 0; --i, before += before->span) {
    if (before->name_tag == name_tag_ && std::string_view(before->name, before->name_size) == name) return true;
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
