// Strict JSON, which is nearly all that devices send, in one loop that keeps its place in registers.
#include <array>
#include <cstring>

#include "core/base/time.hpp"
#include "core/document/date_node.hpp"
#include "core/document/duplicates.hpp"
#include "core/document/name_tag.hpp"
#include "core/document/reader.hpp"
#include "core/document/scan.hpp"

namespace aorta::document {
namespace {

constexpr std::array<double, 16> kPowers = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                            1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool is_bracket(char c) { return c == '}' || c == ']'; }

}  // namespace

// From the text's last bracket on nothing is plain, so that whatever stops at a bracket needs no other bound.
const char* Reader::end_of_plain() const {
  const char* last = end_;
  while (last != begin_ && is_blank(last[-1])) --last;
  return !positions_ && last != begin_ && is_bracket(last[-1]) ? last : begin_;
}

// Every function is inline and no address of the run is given away: only so its members are registers. A function that
// gives false has met something that is not plain, and has put nothing onto the tape.
class Reader::PlainRun {
 public:
  explicit PlainRun(Reader& reader)
      : reader_(reader),
        end_(reader.plain_end_),
        next_(reader.nodes_ + reader.used_),
        limit_(reader.nodes_ + reader.capacity_),
        top_(reader.top_),
        after_value_(reader.state_ == State::AfterValue) {}

  // From inside a container, up to its end or up to what has to be left to step().
  [[gnu::always_inline]] const char* run(const char* p) {
    p_ = kept_ = p;
    bool going = p < end_ && (!after_value_ || separator());
    while (going && child()) going = !after_value_ || separator();
    reader_.used_ = static_cast<std::size_t>(next_ - reader_.nodes_);
    reader_.top_ = top_;
    reader_.state_ = after_value_ ? State::AfterValue : State::Child;
    reader_.done_ = top_ == reader_.frames_.data();
    return kept_;
  }

 private:
  // A name, if there has to be one, and a value, or the opening of a container.
  [[gnu::always_inline]] bool child() {
    skip_blanks();
    name_ = {};
    tag_ = 0;
    return (top_->kind != Kind::Object || name()) && next_ != limit_ && value() && keep();
  }

  // Closing brackets, and the comma behind them.
  [[gnu::always_inline]] bool separator() {
    while (p_ != end_) {
      skip_blanks();
      if (*p_ == ',') {
        ++p_;
        return true;
      }
      if (!is_bracket(*p_) || !close(*p_ == '}' ? Kind::Object : Kind::Array)) break;
      keep();
      if (top_ == reader_.frames_.data()) break;
    }
    return false;
  }

  // What is read so far need not be read again.
  [[gnu::always_inline]] bool keep() {
    kept_ = p_;
    return true;
  }

  [[gnu::always_inline]] void skip_blanks() {
    while (is_blank(*p_)) ++p_;
  }

  [[gnu::always_inline]] bool name() {
    if (*p_ != '"' || !quoted(name_)) return false;
    skip_blanks();
    if (*p_ != ':') return false;
    ++p_;
    skip_blanks();
    tag_ = name_tag(name_);
    return true;
  }

  [[gnu::always_inline]] bool value() {
    switch (*p_) {
      case '"':
        return string();
      case '{':
        return open(Kind::Object);
      case '[':
        return open(Kind::Array);
      case 't':
        return literal("true", Kind::Boolean, true);
      case 'f':
        return literal("false", Kind::Boolean, false);
      case 'n':
        return literal("null", Kind::Null, false);
      default:
        return number();
    }
  }

  [[gnu::always_inline]] bool quoted(std::string_view& out) {
    const char* start = p_ + 1;
    const char* stop = find_quote(start, end_, '"');
    if (stop == end_ || *stop != '"') return false;
    out = {start, static_cast<std::size_t>(stop - start)};
    p_ = stop + 1;
    return true;
  }

  [[gnu::always_inline]] bool string() {
    std::string_view text;
    if (!quoted(text)) return false;
    if (!reader_.dates_ || !may_be_date(text)) return finish(Kind::String, text);
    DetectedDate found = detect_date(text);
    if (found.fatal) return false;
    if (!found.date) return finish(Kind::String, text);
    set_date(finish_as(Kind::Date, text), *found.date);
    return true;
  }

  // Up to fifteen digits and at most one point: there a double's value is exact, or one division away from it.
  [[gnu::always_inline]] bool number() {
    const char* start = p_;
    bool negative = *p_ == '-';
    p_ += negative;
    const char* first = p_;
    std::uint64_t digits = 0;
    read_digits(digits);
    auto whole = p_ - first;
    if (whole == 0 || whole > 15 || (*first == '0' && whole != 1)) return false;
    return *p_ == '.' ? fraction(start, negative, digits, 15 - whole) : integer(start, negative, digits);
  }

  [[gnu::always_inline]] bool integer(const char* start, bool negative, std::uint64_t digits) {
    if (!ends_scalar()) return false;
    auto value = static_cast<std::int64_t>(digits);
    finish_as(Kind::Integer, from(start)).integer = negative ? -value : value;
    return true;
  }

  [[gnu::always_inline]] bool fraction(const char* start, bool negative, std::uint64_t digits, std::ptrdiff_t most) {
    const char* point = p_++;
    read_digits(digits);
    auto places = p_ - point - 1;
    if (places == 0 || places > most || !ends_scalar()) return false;
    auto magnitude = static_cast<double>(static_cast<std::int64_t>(digits)) / kPowers[static_cast<std::size_t>(places)];
    finish_as(Kind::Float, from(start)).number = negative ? -magnitude : magnitude;
    return true;
  }

  // Too many of them wrap around, and are not used.
  [[gnu::always_inline]] void read_digits(std::uint64_t& value) {
    for (; is_digit(*p_); ++p_) value = value * 10 + static_cast<std::uint64_t>(*p_ - '0');
  }
  [[gnu::always_inline]] bool ends_scalar() const { return *p_ == ',' || is_bracket(*p_) || is_blank(*p_); }

  [[gnu::always_inline]] bool literal(std::string_view word, Kind kind, bool value) {
    if (static_cast<std::size_t>(end_ - p_) <= word.size() || std::memcmp(p_, word.data(), word.size()) != 0)
      return false;
    const char* start = p_;
    p_ += word.size();
    if (!ends_scalar()) return false;
    finish_as(kind, from(start)).boolean = value;
    return true;
  }

  [[gnu::always_inline]] bool open(Kind kind) {
    if (top_ == &reader_.frames_.back()) return false;
    auto index = static_cast<std::uint32_t>(next_ - reader_.nodes_);
    add(kind, {});
    *++top_ = Frame{index, 0, kind, false, {}};
    after_value_ = false;
    ++p_;
    skip_blanks();
    return *p_ != (kind == Kind::Object ? '}' : ']') || close(kind);
  }

  [[gnu::always_inline]] bool close(Kind kind) {
    if (top_->kind != kind) return false;
    Node& node = reader_.nodes_[top_->node];
    node.count = top_->count;
    if (top_->suspect) next_ = without_repeated(reader_, top_->node, next_);
    node.span = static_cast<std::uint32_t>(next_ - &node);
    --top_;
    ++p_;
    after_value_ = true;
    return true;
  }

  // The end of the tape once the object at its end has no name twice.
  static Node* without_repeated(Reader& reader, std::size_t object, const Node* next) {
    Document& document = reader.document_;
    auto used = static_cast<std::size_t>(next - reader.nodes_);
    return reader.nodes_ + merge_duplicates(document.tape_, document.places_, object, used);
  }

  [[gnu::always_inline]] std::string_view from(const char* start) const {
    return {start, static_cast<std::size_t>(p_ - start)};
  }

  [[gnu::always_inline]] bool finish(Kind kind, std::string_view text) {
    finish_as(kind, text);
    return true;
  }

  [[gnu::always_inline]] Node& finish_as(Kind kind, std::string_view text) {
    after_value_ = true;
    return add(kind, text);
  }

  // Member by member: a whole node is first put together elsewhere, which makes the processor wait.
  [[gnu::always_inline]] Node& add(Kind kind, std::string_view text) {
    if (top_->kind == Kind::Object) reader_.note_name(*top_, name_, tag_);
    ++top_->count;
    Node& node = *next_++;
    node.kind = kind;
    node.zone = 0;
    node.linked = false;
    node.boolean = false;
    node.count = 0;
    node.span = 1;
    node.name_size = static_cast<std::uint32_t>(name_.size());
    node.name = name_.data();
    node.text_data = text.data();
    node.text_size = static_cast<std::uint32_t>(text.size());
    node.name_tag = tag_;
    node.integer = 0;
    return node;
  }

  Reader& reader_;
  const char* const end_;
  Node* next_;
  Node* const limit_;
  Frame* top_;
  bool after_value_;
  const char* p_ = nullptr;
  const char* kept_;  // as far as the tape has it
  std::string_view name_;
  std::uint32_t tag_ = 0;
};

const char* Reader::plain(const char* p) { return PlainRun(*this).run(p); }

}  // namespace aorta::document
