#include "core/expr/jmes_path/json_check.hpp"

#include <string>

namespace aorta::expr::jmes_path {
namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

class Checker {
 public:
  explicit Checker(std::string_view text) : text_(text) {}

  // A loop with the open brackets on a stack of their own, so that no depth of nesting exhausts the call stack.
  bool run() {
    do {
      bool opened = false;
      if (!read_key() || !open_or_scalar(opened)) return false;
      if (opened) continue;
      close_all();
      if (!open_.empty() && !take(',')) return false;
    } while (!open_.empty());
    skip_blanks();
    return at_ == text_.size();
  }

 private:
  // Where a member is due, its name and colon.
  bool read_key() {
    if (open_.empty() || open_.back() != '}') return true;
    skip_blanks();
    return string() && take(':');
  }

  // A scalar, an empty container, or an opening bracket: then a first child is due.
  bool open_or_scalar(bool& opened) {
    skip_blanks();
    char c = peek();
    if (c != '[' && c != '{') return scalar(c);
    open_ += c == '[' ? ']' : '}';
    ++at_;
    opened = !close();
    return true;
  }

  bool close() {
    if (!take(open_.back())) return false;
    open_.pop_back();
    return true;
  }

  void close_all() {
    while (!open_.empty() && close()) {
    }
  }

  bool scalar(char c) {
    if (c == '"') return string();
    if (c == '-' || is_digit(c)) return number();
    return word("true") || word("false") || word("null");
  }

  bool string() {
    if (peek() != '"') return false;
    for (++at_; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20 || (c == '\\' && !escape())) return false;
    }
    return false;
  }

  // Leaves the reader on the escape's last character.
  bool escape() {
    ++at_;
    if (peek() != 'u')
      return at_ < text_.size() && std::string_view("\"\\/bfnrt").find(peek()) != std::string_view::npos;
    for (int i = 0; i < 4; ++i) {
      ++at_;
      if (!is_hex(peek())) return false;
    }
    return true;
  }

  bool number() {
    if (peek() == '-') ++at_;
    bool zero = peek() == '0';
    if (zero) ++at_;
    if (!zero && !digits()) return false;
    bool point = peek() == '.';
    if (point) {
      ++at_;
      digits();
    }
    if ((zero && !point) || (peek() != 'e' && peek() != 'E')) return true;
    ++at_;
    if (peek() == '+' || peek() == '-') ++at_;
    return digits();
  }

  bool digits() {
    std::size_t start = at_;
    while (is_digit(peek())) ++at_;
    return at_ > start;
  }

  bool word(std::string_view wanted) {
    if (!text_.substr(at_).starts_with(wanted)) return false;
    at_ += wanted.size();
    return true;
  }

  bool take(char wanted) {
    skip_blanks();
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string open_;  // the closing bracket of each open one
};

}  // namespace

bool is_strict_json(std::string_view text) { return Checker(text).run(); }

}  // namespace aorta::expr::jmes_path
