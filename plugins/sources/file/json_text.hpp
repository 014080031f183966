// The lenient JSON of messages (device-mapping spec 2.1), followed byte by byte as far as cutting it needs.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

namespace file_source {

// Between tokens; the document reader skips NUL there as well.
inline bool is_blank(char c) { return std::string_view(" \t\r\n\v\f\0", 7).find(c) != std::string_view::npos; }

// The comment one is in: "//" to the line's end, "/*" to "*/".
class Comment {
 public:
  static bool begins(char first, char second) { return first == '/' && (second == '/' || second == '*'); }

  void begin(char second) {
    kind_ = second;
    star_ = false;
  }
  void take(char c) {
    bool ends = kind_ == '/' ? c == '\n' || c == '\r' : star_ && c == '/';
    star_ = c == '*';
    if (ends) kind_ = '\0';
  }
  bool open() const { return kind_ != '\0'; }
  // The end of the text ends a "//" too.
  bool cut_off() const { return kind_ == '*'; }

 private:
  char kind_ = '\0';
  bool star_ = false;
};

// Brackets, strings and comments of one value.
class JsonText {
 public:
  // Whether `c` stands outside of all of them.
  bool outside(char c) {
    if (comment_.open()) return comment_.take(c), false;
    if (quote_ != '\0') return quoted(c), false;
    if (std::exchange(slash_, c == '/') && Comment::begins('/', c)) return slash_ = false, comment_.begin(c), false;
    return plain(c);
  }
  bool balanced() const { return depth_ == 0 && quote_ == '\0' && !comment_.cut_off(); }

 private:
  void quoted(char c) {
    if (escaped_)
      escaped_ = false;
    else if (c == '\\')
      escaped_ = true;
    else if (c == quote_)
      quote_ = '\0';
  }
  bool plain(char c) {
    if (c == '"' || c == '\'')
      quote_ = c;
    else if (c == '{' || c == '[' || c == '(')
      ++depth_;
    else if (depth_ > 0 && (c == '}' || c == ']' || c == ')'))
      --depth_;
    else
      return depth_ == 0;
    return false;
  }

  std::size_t depth_ = 0;
  char quote_ = '\0';
  bool escaped_ = false;
  bool slash_ = false;  // the last one was a "/"
  Comment comment_;
};

}  // namespace file_source
