// Rows of an explanation: a head whose columns line up, and a text behind it that goes on below itself where the
// terminal is narrower.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "core/observe/terminal.hpp"

namespace aorta::cli {

// Filled up to `width` with blanks, and two behind.
std::string padded(std::string_view text, std::size_t width);
// At blanks, each at most `width` wide unless a single word is wider. Never empty.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);
// "a, b".
std::string joined(const std::vector<std::string>& all);
// "1 match", "2 matches".
std::string counted(std::size_t count, std::string_view one, std::string_view many);

class Layout {
 public:
  Layout(std::ostream& out, const observe::Terminal& terminal) : out_(out), terminal_(terminal) {}

  // What a device sent is made printable here; `style` is that of the head.
  struct Head {
    std::string text;
    observe::Style style = observe::Style::Plain;
  };
  void row(std::size_t indent, const std::vector<Head>& heads, std::string_view text);
  void row(std::size_t indent, std::string_view text) { row(indent, {}, text); }

 private:
  std::vector<std::string> lines_of(std::string_view text, std::size_t start) const;

  std::ostream& out_;
  const observe::Terminal& terminal_;
};

}  // namespace aorta::cli
