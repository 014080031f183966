#include "scanner.hpp"

namespace file_source {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kSniffed = 64 * 1024;

bool is_blank(char c) { return kBlanks.find(c) != std::string_view::npos; }

std::size_t blanks_at_start(std::string_view window) {
  std::size_t end = window.find_first_not_of(kBlanks);
  return end == std::string_view::npos ? window.size() : end;
}

// Follows brackets and strings of JSON text, byte by byte.
class Nesting {
 public:
  // Whether `c` stands outside every bracket and string.
  bool outside(char c) {
    if (quote_ != '\0') {
      if (escaped_)
        escaped_ = false;
      else if (c == '\\')
        escaped_ = true;
      else if (c == quote_)
        quote_ = '\0';
      return false;
    }
    if (c == '"' || c == '\'')
      quote_ = c;
    else if (c == '{' || c == '[')
      ++depth_;
    else if (depth_ > 0 && (c == '}' || c == ']'))
      --depth_;
    else
      return depth_ == 0;
    return false;
  }
  bool balanced() const { return depth_ == 0 && quote_ == '\0'; }

 private:
  std::size_t depth_ = 0;
  char quote_ = '\0';
  bool escaped_ = false;
};

class Lines : public Scanner {
 public:
  std::size_t lead(std::string_view window) override {
    std::size_t size = blanks_at_start(window);
    for (char c : window.substr(0, size)) line_ += c == '\n';
    return size;
  }
  std::size_t end(std::string_view part) override { return part.find('\n'); }
  std::string place() const override { return ":" + std::to_string(line_); }
  std::optional<Fault> fault(bool) const override { return std::nullopt; }

 private:
  std::uint64_t line_ = 1;
};

class Array : public Scanner {
 public:
  std::size_t lead(std::string_view window) override {
    std::size_t at = 0;
    if (state_ == State::Before && window.substr(0, 3) == kByteOrderMark) at = 3;
    for (; at < window.size(); ++at) {
      if (is_blank(window[at])) continue;
      if (!step(window[at])) break;
    }
    if (at < window.size()) begin_record();
    return at;
  }
  std::size_t end(std::string_view part) override {
    if (state_ != State::Inside) return kOpen;
    for (std::size_t i = 0; i < part.size(); ++i) {
      // The closing bracket of the array is the one that closes nothing inside the element.
      bool ends = nesting_.balanced() && (part[i] == ',' || part[i] == ']');
      if (ends) return i;
      nesting_.outside(part[i]);
    }
    return kOpen;
  }
  std::string place() const override { return state_ == State::Inside ? "[" + std::to_string(index_) + "]" : ""; }
  std::optional<Fault> fault(bool ended) const override {
    if (state_ == State::Before)
      return Fault{"source/not-an-array", "the file is no JSON array; set format to ndjson or json"};
    if (state_ == State::After) return Fault{"source/text-after-array", "text stands behind the array's end"};
    if (!ended) return Fault{"source/array-unfinished", "the file ends inside the array"};
    return std::nullopt;
  }

 private:
  enum class State : std::uint8_t { Before, Inside, After };

  // Whether `c` belongs to the array itself and not to an element.
  bool step(char c) {
    if (state_ == State::Before && c == '[')
      state_ = State::Inside;
    else if (state_ == State::Inside && c == ']')
      state_ = State::After;
    else
      return state_ == State::Inside && c == ',';
    return true;
  }
  void begin_record() {
    nesting_ = {};
    ++index_;
  }

  State state_ = State::Before;
  Nesting nesting_;
  std::uint64_t index_ = static_cast<std::uint64_t>(-1);  // of the current element
};

class Whole : public Scanner {
 public:
  std::size_t lead(std::string_view window) override { return blanks_at_start(window); }
  std::size_t end(std::string_view) override { return kOpen; }
  std::string place() const override { return ""; }
  std::optional<Fault> fault(bool) const override { return std::nullopt; }
};

bool complete(std::string_view line) {
  Nesting nesting;
  for (char c : line) nesting.outside(c);
  return nesting.balanced();
}

}  // namespace

std::unique_ptr<Scanner> make_scanner(Format format) {
  switch (format) {
    case Format::Lines:
      return std::make_unique<Lines>();
    case Format::Array:
      return std::make_unique<Array>();
    case Format::Whole:
      break;
  }
  return std::make_unique<Whole>();
}

std::optional<Format> sniff(std::string_view window, bool whole_file) {
  bool enough = whole_file || window.size() >= kSniffed;
  if (window.substr(0, 3) == kByteOrderMark) window.remove_prefix(3);
  window.remove_prefix(blanks_at_start(window));
  if (window.empty()) return enough ? std::optional(Format::Lines) : std::nullopt;
  std::size_t line = window.find('\n');
  if (line == std::string_view::npos && !enough) return std::nullopt;
  std::string_view first = window.substr(0, line);
  if (first[0] == '[') {
    bool more_lines =
        line != std::string_view::npos && window.find_first_not_of(kBlanks, line) != std::string_view::npos;
    return complete(first) && more_lines ? Format::Lines : Format::Array;
  }
  return line == std::string_view::npos || complete(first) ? Format::Lines : Format::Whole;
}

}  // namespace file_source
