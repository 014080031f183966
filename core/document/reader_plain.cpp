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

// Behind the text's last bracket nothing is plain, so that whatever stops at a bracket needs no other bound.
const char* Reader::find_last_bracket() const {
  const char* end = end_;
  while (end != begin_ && is_blank(end[-1])) --end;
  return !positions_ && end != begin_ && is_bracket(end[-1]) ? end - 1 : nullptr;
}

// Every function is inline and no address of the run is given away: only so its members are registers. A function that
// gives false has met something that is not plain, and has put nothing onto the tape.
class Reader::PlainRun {
 public:
  explicit PlainRun(Reader& reader)
      : reader_(reader),
        last_(reader.last_bracket_),
        next_(reader.nodes_ + reader.used_),
        limit_(reader.nodes_ + reader.capacity_),
        top_(reader.top_),
        after_value_(reader.state_ == State::AfterValue) {}

  // From inside a container, up to its end or up to what has to be left to step().
  [[gnu::always_inline]] const char* run(const char* p) {
    p_ = kept_ = p;
    if (p <= last_ && (!after_value_ || separator())) read_children();
    reader_.used_ = static_cast<std::size_t>(next_ - reader_.nodes_);
    reader_.top_ = top_;
    reader_.state_ = after_value_ ? State::AfterValue : State::Child;
    reader_.done_ = top_ == reader_.frames_.data();
    return kept_;
  }

 private:
  [[gnu::always_inline]] void read_children() {
    while (child()) {
      if (after_value_ && !separator()) return;
    }
  }

  // A name, if there has to be one, and a value, or the opening of a container. The name goes where its node will be
  // at once, so that nothing of it has to be kept.
  [[gnu::always_inline]] bool child() {
    if (next_ == limit_) return false;
    skip_blanks();
    return (top_->kind == Kind::Object ? name() : no_name()) && value() && keep();
  }

  // Closing brackets, and the comma behind them.
  [[gnu::always_inline]] bool separator() {
    while (p_ <= last_) {
      if (*p_ != ',') skip_blanks();
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
    bool may_be_known = reader_.known_names_ && last_ - p_ >= static_cast<std::ptrdiff_t>(KnownName::kWidth);
    KnownName* known = may_be_known ? &reader_.known_names_->at(top_->depth, top_->count) : nullptr;
    if (known && known->begins(p_)) {
      named({p_ + 1, known->name_size()}, known->tag());
      p_ += known->name_size() + KnownName::kAround;
    } else if (!other_name(known)) {
      return false;
    }
    skip_blanks();
    return true;
  }

  // `known`, if given, comes to know it.
  [[gnu::always_inline]] bool other_name(KnownName* known) {
    const char* start = p_;
    std::string_view text;
    if (*p_ != '"' || !quoted(text)) return false;
    std::uint32_t tag = name_tag(text);
    if (*p_ != ':') {
      skip_blanks();
      known = nullptr;
    }
    if (*p_ != ':') return false;
    ++p_;
    if (known) known->remember(start, static_cast<std::uint32_t>(text.size()), tag);
    named(text, tag);
    return true;
  }

  [[gnu::always_inline]] void named(std::string_view text, std::uint32_t tag) {
    next_->name = text.data();
    next_->name_size = static_cast<std::uint32_t>(text.size());
    next_->name_tag = tag;
    reader_.note_name(*top_, text, tag);
  }

  [[gnu::always_inline]] bool no_name() {
    next_->name = nullptr;
    next_->name_size = 0;
    next_->name_tag = 0;
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
    const char* stop = find_quote(start, last_, '"');
    if (*stop != '"') return false;
    out = {start, static_cast<std::size_t>(stop - start)};
    p_ = stop + 1;
    return true;
  }

  [[gnu::always_inline]] bool string() {
    std::string_view text;
    if (!quoted(text)) return false;
    if (!reader_.dates_ || !may_be_date(text)) return finish(Kind::String, text);
    DetectedDate found = detect_date(text, reader_.document_.known_day_);
    if (found.fatal) return false;
    if (!found.date) return finish(Kind::String, text);
    set_date(finish_as(Kind::Date, text), *found.date);
    return true;
  }

  // Up to fifteen digits and at most one point: there a double's value is exact, or one division away from it.
  [[gnu::always_inline]] bool number() {
    const char* start = p_;
    const char* first = start + (*start == '-' ? 1 : 0);
    Digits digits = digits_at(first, 0);
    auto whole = digits.end - first;
    if (whole == 0 || whole > 15 || (*first == '0' && whole != 1)) return false;
    p_ = digits.end;
    return *p_ == '.' ? fraction(start, digits.value, 15 - whole) : integer(start, digits.value);
  }

  [[gnu::always_inline]] bool integer(const char* start, std::uint64_t digits) {
    if (!ends_scalar()) return false;
    auto value = static_cast<std::int64_t>(digits);
    finish_as(Kind::Integer, from(start)).integer = *start == '-' ? -value : value;
    return true;
  }

  [[gnu::always_inline]] bool fraction(const char* start, std::uint64_t digits, std::ptrdiff_t most) {
    const char* point = p_;
    auto [end, all] = digits_at(point + 1, digits);
    p_ = end;
    auto places = p_ - point - 1;
    if (places == 0 || places > most || !ends_scalar()) return false;
    auto magnitude = static_cast<double>(static_cast<std::int64_t>(all)) / kPowers[static_cast<std::size_t>(places)];
    finish_as(Kind::Float, from(start)).number = *start == '-' ? -magnitude : magnitude;
    return true;
  }

  // What follows `value` from `p` on, digit by digit. Too many of them wrap around, and are not used. A call: here it
  // costs less than the registers that a loop within the run would take from it.
  struct Digits {
    const char* end;
    std::uint64_t value;
  };
  [[gnu::noinline]] static Digits digits_at(const char* p, std::uint64_t value) {
    for (unsigned digit; (digit = static_cast<unsigned char>(*p) - unsigned{'0'}) <= 9; ++p) value = value * 10 + digit;
    return {p, value};
  }
  [[gnu::always_inline]] bool ends_scalar() const { return *p_ == ',' || is_bracket(*p_) || is_blank(*p_); }

  [[gnu::always_inline]] bool literal(std::string_view word, Kind kind, bool value) {
    if (static_cast<std::size_t>(last_ - p_) < word.size() || std::memcmp(p_, word.data(), word.size()) != 0)
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
    auto depth = static_cast<std::uint8_t>(top_->depth + 1);
    *++top_ = Frame{index, 0, kind, false, depth, {}};
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
    Node& node = *next_++;
    ++top_->count;
    node.kind = kind;
    node.zone = 0;
    node.linked = false;
    node.depth = top_->depth;
    node.count = 0;
    node.span = 1;
    node.text_data = text.data();
    node.text_size = static_cast<std::uint32_t>(text.size());
    node.integer = 0;
    return node;
  }

  Reader& reader_;
  const char* const last_;  // the text's last bracket
  Node* next_;
  Node* const limit_;
  Frame* top_;
  bool after_value_;
  const char* p_ = nullptr;
  const char* kept_;  // as far as the tape has it
};

const char* Reader::plain(const char* p) { return PlainRun(*this).run(p); }

}  // namespace aorta::document
