// Reads JSON text onto a document's tape: the reference's lenient dialect (device-mapping spec, 2.1), of which strict
// JSON is the fast part.
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
  struct Frame {
    std::uint32_t node;
    bool suspect;                       // two members may share a name
    std::array<std::uint64_t, 4> seen;  // a bit per hash of a name
  };
  enum class State : std::uint8_t { Value, Member, AfterValue };

  bool step();
  bool value();
  bool value_slow(char32_t c);
  bool member();
  bool after_value();
  bool open(Kind kind);
  bool close(Kind kind);
  bool string_value();
  bool quoted(std::string_view& out);
  bool quoted_with_escapes(const char* start, const char* quote, std::string_view& out);
  bool escape(const char*& from, char*& to);
  bool unicode_escape(const char*& from, char*& to);
  bool hex_unit(const char*& from, char32_t& unit);
  bool bare_name(std::string_view& out);
  bool number();
  bool number_slow(const char* start);
  bool based_integer(std::string_view text);
  bool decimal(std::string_view text);
  bool literal(std::string_view word, Kind kind, double number = 0);
  bool constructor();
  bool skip_blanks();
  bool skip_blanks_slow();
  bool comment();

  char peek() const { return at_ < end_ ? *at_ : '\0'; }
  bool at_end() const { return at_ == end_; }
  bool is_separator() const;
  char32_t char_here() const;
  Node& add(Kind kind);
  void set_text(Node& node, std::string_view text);
  void place_node();
  void after_scalar();
  void note_name(std::string_view name);
  bool fail(const char* what) { return fail_with("not-json", what); }
  bool fail_with(const char* reason, const char* what);
  Error error() const;

  Document& document_;
  std::string_view text_;
  const char* begin_;
  const char* end_;
  const char* at_;
  const char* reason_ = nullptr;
  const char* what_ = nullptr;
  std::string_view name_;
  Position name_position_;
  LineCounter lines_;
  State state_ = State::Value;
  int depth_ = 0;
  bool dates_;
  bool positions_;
  bool done_ = false;
  std::array<Frame, kMaxDepth> frames_;
};

}  // namespace aorta::document
