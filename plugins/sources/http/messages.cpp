#include "messages.hpp"

namespace http_source {
namespace {

constexpr std::string_view kBlank = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view trimmed(std::string_view text) {
  std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// The elements of one JSON array, found by its brackets, strings and commas.
class ArraySplitter {
 public:
  explicit ArraySplitter(std::string_view body) : body_(body) {}

  Messages run() {
    for (at_ = 1, begin_ = 1; at_ < body_.size() && !closed_; ++at_) step(body_[at_]);
    if (out_.problem.empty() && !closed_)
      out_.problem = in_string_ ? "a text of the array has no end" : "the array has no end";
    if (out_.problem.empty() && at_ < body_.size()) out_.problem = "there is more behind the array";
    if (!out_.problem.empty()) out_.bodies.clear();
    return std::move(out_);
  }

 private:
  void step(char c) {
    if (in_string_) return within_string(c);
    switch (c) {
      case '"':
        in_string_ = true;
        return;
      case '[':
      case '{':
        ++depth_;
        return;
      case ']':
      case '}':
        if (depth_ == 0) return c == ']' ? close() : fail("a } of the array closes nothing");
        --depth_;
        return;
      case ',':
        if (depth_ == 0) end_element();
        return;
      default:
        return;
    }
  }

  void within_string(char c) {
    if (c == '\\') {
      ++at_;
    } else if (c == '"') {
      in_string_ = false;
    }
  }

  void close() {
    closed_ = true;
    bool empty = out_.bodies.empty() && trimmed(body_.substr(begin_, at_ - begin_)).empty();
    if (!empty) end_element();
  }

  void end_element() {
    std::string_view element = trimmed(body_.substr(begin_, at_ - begin_));
    if (element.empty()) fail("element " + std::to_string(out_.bodies.size() + 1) + " of the array is missing");
    out_.bodies.push_back(element);
    begin_ = at_ + 1;
  }

  void fail(std::string problem) {
    if (out_.problem.empty()) out_.problem = std::move(problem);
  }

  std::string_view body_;
  std::size_t at_ = 0, begin_ = 0;
  std::size_t depth_ = 0;
  bool in_string_ = false;
  bool closed_ = false;
  Messages out_;
};

Messages split_lines(std::string_view body) {
  Messages out;
  while (!body.empty()) {
    std::size_t end = body.find('\n');
    std::string_view line = trimmed(body.substr(0, end));
    if (!line.empty()) out.bodies.push_back(line);
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
  }
  return out;
}

}  // namespace

Messages split(std::string_view body, Shape shape) {
  if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
  body = trimmed(body);
  if (body.empty()) return {{}, "the body is empty"};
  if (shape == Shape::Lines) return split_lines(body);
  if (body.front() != '[') return {{body}, {}};
  return ArraySplitter(body).run();
}

}  // namespace http_source
