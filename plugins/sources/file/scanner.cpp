#include "scanner.hpp"

#include "json_text.hpp"

namespace file_source {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kSniffed = 64 * 1024;

std::size_t blanks_at_start(std::string_view window) {
  std::size_t end = window.find_first_not_of(kBlanks);
  return end == std::string_view::npos ? window.size() : end;
}

// A byte-order mark of UTF-16: the file is one record, and its reader's business.
bool is_utf16(std::string_view window) { return window.starts_with("\xFF\xFE") || window.starts_with("\xFE\xFF"); }

// Skips blanks and comments between tokens, in parts of any size.
class Gap {
 public:
  Lead skip(std::string_view window) {
    for (std::size_t at = 0; at < window.size(); ++at) {
      if (comment_.open()) {
        comment_.take(window[at]);
      } else if (window[at] == '/') {
        if (at + 1 == window.size()) return {at, false};
        if (!Comment::begins('/', window[at + 1])) return {at, true};
        comment_.begin(window[++at]);
      } else if (!is_blank(window[at])) {
        return {at, true};
      }
    }
    return {window.size(), false};
  }
  bool cut_off() const { return comment_.cut_off(); }

 private:
  Comment comment_;
};

class Lines : public Scanner {
 public:
  explicit Lines(std::uint64_t line) : line_(line) {}
  Lead lead(std::string_view window) override {
    std::size_t size = blanks_at_start(window);
    for (char c : window.substr(0, size)) line_ += c == '\n';
    return {size, size < window.size()};
  }
  std::size_t end(std::string_view part) override { return part.find('\n'); }
  std::string place() const override { return ":" + std::to_string(line_); }
  std::uint64_t line() const override { return line_; }
  std::optional<Fault> fault(bool) const override { return std::nullopt; }

 private:
  std::uint64_t line_;
};

class Array : public Scanner {
 public:
  Lead lead(std::string_view window) override {
    std::size_t at = state_ == State::Before && window.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    for (;;) {
      Lead gap = gap_.skip(window.substr(at));
      at += gap.size;
      if (!gap.begins || !step(window[at])) return {at, gap.begins};
      ++at;
    }
  }
  // The comma or bracket behind an element is the one that stands outside of all its own.
  std::size_t end(std::string_view part) override {
    if (state_ != State::Inside) return kOpen;
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (!element_.outside(part[i]) || (part[i] != ',' && part[i] != ']')) continue;
      element_ = {};
      return i;
    }
    return kOpen;
  }
  std::string place() const override { return state_ == State::Inside ? "[" + std::to_string(index_) + "]" : ""; }
  std::optional<Fault> fault(bool ended) const override {
    if (state_ == State::Before)
      return Fault{"source/not-an-array", "the file is no JSON array; set format to ndjson or json"};
    if (state_ == State::After) return Fault{"source/text-after-array", "text stands behind the array's end"};
    if (!ended) return Fault{"source/array-cut-off", "the file ends inside the array; fetch it again, whole"};
    return std::nullopt;
  }
  std::optional<Fault> fault_at_end() const override {
    return state_ == State::Inside || gap_.cut_off() ? fault(false) : std::nullopt;
  }

 private:
  enum class State : std::uint8_t { Before, Inside, After };

  // Whether `c` belongs to the array itself and not to an element.
  bool step(char c) {
    if (state_ == State::Before && c == '[')
      state_ = State::Inside;
    else if (state_ == State::Inside && c == ']')
      state_ = State::After;
    else if (state_ == State::Inside && c == ',')
      ++index_;
    else
      return false;
    return true;
  }

  State state_ = State::Before;
  Gap gap_;
  JsonText element_;
  std::uint64_t index_ = 0;  // of the current element
};

// One value. Readers of JSON ignore what follows it, so that it must be told here.
class Whole : public Scanner {
 public:
  Lead lead(std::string_view window) override {
    if (state_ == State::Closed) state_ = State::After;
    if (state_ == State::After) return gap_.skip(window);
    std::size_t size = blanks_at_start(window);
    if (is_utf16(window.substr(size))) state_ = State::Opaque;
    return {size, size < window.size()};
  }
  std::size_t end(std::string_view part) override {
    if (state_ != State::Value) return kOpen;
    for (std::size_t i = 0; i < part.size(); ++i) {
      bool closing = part[i] == '}' || part[i] == ']';
      if (value_.outside(part[i]) || !closing || !value_.balanced()) continue;
      state_ = State::Closed;
      return i + 1;
    }
    return kOpen;
  }
  std::string place() const override { return ""; }
  std::optional<Fault> fault(bool) const override {
    if (state_ != State::After) return std::nullopt;
    return Fault{
        "source/text-after-value",
        "text stands behind the file's JSON value; write several values as lines or as an array"};
  }

 private:
  enum class State : std::uint8_t { Value, Opaque, Closed, After };
  State state_ = State::Value;
  JsonText value_;
  Gap gap_;
};

bool complete(std::string_view line) {
  JsonText text;
  for (char c : line) text.outside(c);
  return text.balanced();
}

bool more_than_gap(std::string_view text) { return Gap().skip(text).size < text.size(); }

}  // namespace

std::unique_ptr<Scanner> make_scanner(Format format, std::uint64_t line) {
  switch (format) {
    case Format::Lines:
      return std::make_unique<Lines>(line);
    case Format::Array:
      return std::make_unique<Array>();
    case Format::Whole:
      break;
  }
  return std::make_unique<Whole>();
}

std::optional<Format> sniff(std::string_view window, bool whole_file) {
  bool enough = whole_file || window.size() >= kSniffed;
  if (is_utf16(window)) return Format::Whole;
  if (window.starts_with(kByteOrderMark)) window.remove_prefix(kByteOrderMark.size());
  window.remove_prefix(Gap().skip(window).size);
  if (window.empty()) return enough ? std::optional(Format::Lines) : std::nullopt;
  std::size_t line = window.find('\n');
  bool one_line = line == std::string_view::npos;
  if (one_line && !enough) return std::nullopt;
  bool whole_line = complete(window.substr(0, line));
  if (window[0] == '[')
    return whole_line && !one_line && more_than_gap(window.substr(line)) ? Format::Lines : Format::Array;
  return one_line || whole_line ? Format::Lines : Format::Whole;
}

}  // namespace file_source
