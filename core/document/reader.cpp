#include "core/document/reader.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/base/unicode.hpp"
#include "core/document/duplicates.hpp"

namespace aorta::document {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kHighs = 0x8080808080808080U;

// A high bit for each byte of `word` that may equal `c`; the lowest one set is certain.
std::uint64_t matches(std::uint64_t word, char c) {
  std::uint64_t zeroed = word ^ (kOnes * static_cast<unsigned char>(c));
  return (zeroed - kOnes) & ~zeroed & kHighs;
}

// The first `quote` or backslash in [from, end), or `end`.
const char* find_quote(const char* from, const char* end, char quote) {
  while (end - from >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, 8);
    std::uint64_t found = matches(word, quote) | matches(word, '\\');
    if (found != 0 && std::endian::native == std::endian::little) return from + (std::countr_zero(found) >> 3);
    if (found != 0) break;
    from += 8;
  }
  while (from < end && *from != quote && *from != '\\') ++from;
  return from;
}

std::uint32_t size32(std::string_view text) { return static_cast<std::uint32_t>(text.size()); }

}  // namespace

Reader::Reader(Document& document, std::string_view text, const Document::Options& options)
    : document_(document),
      text_(text),
      begin_(text.data()),
      end_(text.data() + text.size()),
      at_(text.data()),
      lines_(text),
      dates_(options.dates),
      positions_(options.positions) {}

Result<void> Reader::read(std::string_view name) {
  name_ = name;
  while (!done_) {
    if (!step()) return error();
  }
  return {};
}

bool Reader::has_trailing_text() {
  bool blank = skip_blanks();
  return !blank || !at_end();
}

Error Reader::trailing_error() {
  if (!what_) fail("text follows the JSON value; remove it");
  return error();
}

bool Reader::step() {
  if (!skip_blanks()) return false;
  switch (state_) {
    case State::Value:
      return value();
    case State::Member:
      return member();
    default:
      return after_value();
  }
}

bool Reader::value() {
  switch (char c = peek(); c) {
    case '"':
    case '\'':
      return string_value();
    case '{':
      return open(Kind::Object);
    case '[':
      return open(Kind::Array);
    case ']':
      return close(Kind::Array);
    case ')':
      return close(Kind::Constructor);
    case 't':
      return literal("true", Kind::Boolean, 1);
    case 'f':
      return literal("false", Kind::Boolean);
    default:
      return (c >= '0' && c <= '9') || c == '-' || c == '.' ? number() : value_slow(char_here());
  }
}

bool Reader::member() {
  if (peek() == '}') return close(Kind::Object);
  std::string_view name;
  bool is_quoted = peek() == '"' || peek() == '\'';
  if (!(is_quoted ? quoted(name) : bare_name(name))) return false;
  while (!at_end() && (*at_ == '\0' || is_white_space(char_here()))) next_char(at_);
  if (peek() != ':') return fail("a \":\" is missing behind a member's name");
  ++at_;
  note_name(name);
  state_ = State::Value;
  return true;
}

bool Reader::after_value() {
  switch (peek()) {
    case ',':
      ++at_;
      state_ = document_.tape_[frames_[static_cast<std::size_t>(depth_ - 1)].node].kind == Kind::Object ? State::Member
                                                                                                        : State::Value;
      return true;
    case '}':
      return close(Kind::Object);
    case ']':
      return close(Kind::Array);
    case ')':
      return close(Kind::Constructor);
    default:
      return fail(
          at_end() ? "the text ends inside an object or array" : "a comma or closing bracket is missing behind a value"
      );
  }
}

bool Reader::open(Kind kind) {
  ++at_;
  if (depth_ == kMaxDepth) return fail_with("too-deep", "objects and arrays are nested more than 64 deep");
  auto index = static_cast<std::uint32_t>(document_.used_);
  add(kind);
  place_node();
  frames_[static_cast<std::size_t>(depth_++)] = {index, false, {}};
  state_ = kind == Kind::Object ? State::Member : State::Value;
  return true;
}

bool Reader::close(Kind kind) {
  if (depth_ == 0) return fail("a closing bracket stands where a value should");
  Frame& frame = frames_[static_cast<std::size_t>(depth_ - 1)];
  if (document_.tape_[frame.node].kind != kind) return fail("a closing bracket does not fit the opening one");
  ++at_;
  --depth_;
  if (frame.suspect)
    document_.used_ = merge_duplicates(document_.tape_, document_.places_, frame.node, document_.used_);
  document_.tape_[frame.node].span = static_cast<std::uint32_t>(document_.used_) - frame.node;
  after_scalar();
  return true;
}

bool Reader::string_value() {
  std::string_view text;
  if (!quoted(text)) return false;
  if (dates_) {
    DetectedDate found = detect_date(text);
    if (found.fatal) return fail_with("date-out-of-range", found.fatal);
    if (found.date) {
      Node& node = add(Kind::Date);
      node.zone = static_cast<std::uint8_t>(found.date->zone);
      node.integer = found.date->ticks;
      set_text(node, text);
      return true;
    }
  }
  set_text(add(Kind::String), text);
  return true;
}

bool Reader::quoted(std::string_view& out) {
  char quote = *at_;
  const char* start = at_ + 1;
  const char* stop = find_quote(start, end_, quote);
  if (stop < end_ && *stop == quote) {
    out = {start, static_cast<std::size_t>(stop - start)};
    at_ = stop + 1;
    return true;
  }
  const char* close = stop;
  while (close < end_ && *close == '\\') close = find_quote(close + 1 < end_ ? close + 2 : end_, end_, quote);
  if (close >= end_) {
    at_ = end_;
    return fail("a string does not end");
  }
  return quoted_with_escapes(start, close, out);
}

bool Reader::literal(std::string_view word, Kind kind, double number) {
  auto left = static_cast<std::size_t>(end_ - at_);
  if (std::string_view(at_, std::min(left, word.size())) != word) return fail("no JSON value starts here");
  const char* start = at_;
  at_ += word.size();
  if (!is_separator()) return fail("a letter is glued to true, false, null, NaN, Infinity or undefined");
  Node& node = add(kind);
  if (kind == Kind::Boolean) node.boolean = number != 0;
  if (kind == Kind::Float) node.number = number;
  node.text_data = start;
  node.text_size = size32(word);
  after_scalar();
  return true;
}

bool Reader::skip_blanks() {
  while (at_ < end_) {
    auto c = static_cast<unsigned char>(*at_);
    if (c > 0x20 && c < 0x80 && c != '/') return true;
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
      ++at_;
    } else {
      return skip_blanks_slow();
    }
  }
  return true;
}

Node& Reader::add(Kind kind) {
  if (document_.used_ == document_.tape_.size()) document_.tape_.resize(2 * document_.tape_.size() + 16);
  Node& node = document_.tape_[document_.used_++];
  node = Node{};
  node.kind = kind;
  node.name = name_.data();
  node.name_size = size32(name_);
  name_ = {};
  if (depth_ > 0) ++document_.tape_[frames_[static_cast<std::size_t>(depth_ - 1)].node].count;
  return node;
}

void Reader::set_text(Node& node, std::string_view text) {
  node.text_data = text.data();
  node.text_size = size32(text);
  after_scalar();
}

// What a complete value leaves behind: its place (a container has its own already) and the state of what surrounds it.
void Reader::after_scalar() {
  if (positions_ && document_.places_.size() < document_.used_) place_node();
  state_ = State::AfterValue;
  done_ = depth_ == 0;
}

void Reader::place_node() {
  if (!positions_) return;
  bool named = document_.tape_[document_.used_ - 1].name != nullptr;
  document_.places_.push_back({lines_.at(static_cast<std::size_t>(at_ - begin_)), named ? name_position_ : Position{}});
}

void Reader::note_name(std::string_view name) {
  name_ = name;
  Frame& frame = frames_[static_cast<std::size_t>(depth_ - 1)];
  std::size_t hash = name.size() * 37;
  if (!name.empty()) {
    hash += static_cast<unsigned char>(name.front()) * 5U + static_cast<unsigned char>(name.back()) * 3U;
    hash += static_cast<unsigned char>(name[name.size() / 2]) * 11U;
  }
  std::uint64_t& word = frame.seen[hash / 64 % 4];
  std::uint64_t bit = std::uint64_t{1} << hash % 64;
  frame.suspect = frame.suspect || (word & bit) != 0;
  word |= bit;
  if (positions_) name_position_ = lines_.at(static_cast<std::size_t>(at_ - begin_));
}

bool Reader::fail_with(const char* reason, const char* what) {
  reason_ = reason;
  what_ = what;
  return false;
}

Error Reader::error() const {
  Position where = LineCounter(text_).at(static_cast<std::size_t>(at_ - begin_));
  std::string place = "line " + std::to_string(where.line) + ", column " + std::to_string(where.column + 1);
  return Error(reason_, std::string(what_) + " (" + place + ")").at({}, {where.line, where.column + 1});
}

}  // namespace aorta::document
