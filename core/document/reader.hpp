// Reads JSON text onto a document's tape: the reference's lenient dialect (device-mapping spec, 2.1), step by step
// (reader.cpp, reader_lenient.cpp), and what of it is strict in one fast run (reader_plain.cpp).
#pragma once

#include <array>
#include <string_view>

#include "core/document/document.hpp"

namespace aorta::document {

constexpr int kMaxDepth = 64;

// Line and column of what ends before `offset`; 1-based line, column = UTF-16 units of that line up to `offset`.
class LineCounter {
 public:
  explicit LineCounter(std::string_view text) : text_(text) {}
  // Offsets must not fall.
  Position at(std::size_t offset);

 private:
  std::string_view text_;
  std::size_t done_ = 0;
  Position position_{1, 0};
};

// One text, one value. The text must be valid UTF-8 (lone surrogates allowed) and outlive the document.
class Reader {
 public:
  Reader(Document& document, std::string_view text, const Document::Options& options);

  // Appends the value to the tape under `name` (data() == nullptr: none).
  Result<void> read(std::string_view name);
  // After read(): whether anything but blanks and comments follows.
  bool has_trailing_text();
  Error trailing_error();

 private:
  // An open container. The first one stands for the world around the value.
  struct Frame {
    std::uint32_t node;
    std::uint32_t count;  // children so far
    Kind kind;
    bool suspect;                       // two members may share a name
    std::uint8_t depth;                 // of its children
    std::array<std::uint64_t, 4> seen;  // a bit per tag of a name
  };
  enum class State : std::uint8_t { Child, AfterValue };
  class PlainRun;

  const char* find_last_bracket() const;
  // From inside a container as far as the text is strict JSON; not at all is right, too. Never fails.
  const char* plain(const char* p);

  // Each takes where the text goes on and returns the same behind what it read; nullptr after fail().
  const char* step(const char* p);
  const char* child(const char* p);
  const char* value(const char* p);
  const char* value_slow(const char* p);
  const char* member(const char* p);
  const char* after_value(const char* p);
  const char* open(const char* p, Kind kind);
  const char* close(const char* p, Kind kind);
  const char* string_value(const char* p);
  const char* quoted(const char* p, std::string_view& out);
  const char* quoted_with_escapes(const char* start, const char* quote, std::string_view& out);
  bool escape(const char*& from, char*& to);
  bool unicode_escape(const char*& from, char*& to);
  bool hex_unit(const char*& from, char32_t& unit);
  const char* bare_name(const char* p, std::string_view& out);
  const char* number(const char* p);
  const char* based_integer(const char* p, std::string_view text);
  const char* decimal(const char* p, std::string_view text);
  const char* literal(const char* p, std::string_view word, Kind kind, double number = 0);
  const char* constructor(const char* p);
  const char* skip_blanks(const char* p);
  const char* skip_blanks_slow(const char* p);
  const char* skip_white_space(const char* p) const;
  const char* comment(const char* p);

  char peek(const char* p) const { return p < end_ ? *p : '\0'; }
  char32_t char_at(const char* p) const;
  bool is_separator(const char* p) const;
  void grow();
  Node& add(Kind kind);
  const char* finish(const char* p, Node& node, std::string_view text);
  const char* finish(const char* p);
  void place(const char* p);
  void note_name(Frame& object, std::string_view name, std::uint32_t tag) const;
  bool may_repeat(const Frame& object, std::string_view name, std::uint32_t tag) const;
  const char* fail(const char* p, const char* what, const char* reason = "not-json");
  Error error() const;

  Document& document_;
  Node* nodes_;  // the document's tape
  std::size_t used_;
  std::size_t capacity_;
  std::string_view text_;
  const char* begin_;
  const char* end_;
  const char* last_bracket_;  // of the text, nullptr where nothing is to be read by plain()
  const char* at_;            // where read() ended or failed
  const char* reason_ = nullptr;
  const char* what_ = nullptr;
  std::string_view name_;
  std::uint32_t name_tag_ = 0;  // of name_
  Position name_position_;
  LineCounter lines_;
  State state_ = State::Child;
  KnownNames* known_names_;  // nullptr: none
  bool dates_;
  bool positions_;
  bool done_ = false;
  Frame* top_;                               // the innermost open container
  std::array<Frame, kMaxDepth + 1> frames_;  // not initialized: only what is open counts
};

inline Node& Reader::add(Kind kind) {
  if (used_ == capacity_) grow();
  Node& node = nodes_[used_++];
  node = Node{};
  node.kind = kind;
  node.name = name_.data();
  node.name_size = static_cast<std::uint32_t>(name_.size());
  node.name_tag = name_tag_;
  node.depth = top_->depth;
  name_ = {};
  name_tag_ = 0;
  ++top_->count;
  return node;
}

// A name of a member that is read next. Two that are alike make their object suspect.
inline void Reader::note_name(Frame& object, std::string_view name, std::uint32_t tag) const {
  std::uint64_t& word = object.seen[tag >> 30];
  unsigned bit = tag >> 24 & 63U;
  if ((word >> bit & 1U) != 0 && !object.suspect) object.suspect = may_repeat(object, name, tag);
  word |= std::uint64_t{1} << bit;
}

inline const char* Reader::finish(const char* p, Node& node, std::string_view text) {
  node.text_data = text.data();
  node.text_size = static_cast<std::uint32_t>(text.size());
  return finish(p);
}

// What a complete value leaves behind: its place (a container has its own already) and the state of what surrounds it.
inline const char* Reader::finish(const char* p) {
  if (positions_ && document_.places_.size() < used_) place(p);
  state_ = State::AfterValue;
  done_ = top_ == frames_.data();
  return p;
}

}  // namespace aorta::document
