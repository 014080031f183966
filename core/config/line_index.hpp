// Places in a text: from lines and bytes, as parsers count, to lines and UTF-16 columns, as people's editors show.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace aorta::config {

// Keeps a view of the text.
class LineIndex {
 public:
  explicit LineIndex(std::string_view text);

  // `line` and `column` count from 0, the column in bytes. Beyond the text: its end.
  Position place(int line, int column) const;
  Position place_of_byte(std::size_t offset) const;
  // Whether a quotation mark stands there.
  bool quote_at(Position position) const;
  // Whether the quoted text that begins at this byte, if one does, runs to the end without its closing mark.
  bool is_unclosed_quote(std::size_t offset) const;

  // Units of the first line of `text`, at least 1.
  static int utf16_length(std::string_view text);

 private:
  std::string_view line(std::size_t index) const;
  std::string_view text_;
  std::vector<std::size_t> starts_;
};

// The first byte that is a control character (tab and line ends aside) or breaks UTF-8.
std::optional<std::size_t> first_unreadable_byte(std::string_view text);

}  // namespace aorta::config
