// What stands at the other end of an output: a terminal with a width and colours, or a file that wants neither.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/diagnostic.hpp"

namespace aorta::observe {

enum class ColorMode : std::uint8_t { Auto, Always, Never };
enum class Style : std::uint8_t { Plain, Bold, Dim, Red, Yellow, Green, Cyan };

struct Terminal {
  bool interactive = false;  // lines may be drawn again
  bool color = false;
  int width = 100;  // columns, at most 100

  // Of an open file descriptor. Auto: colours on a terminal, unless NO_COLOR is set (to anything but nothing) or TERM
  // is "dumb".
  static Terminal of(int descriptor, ColorMode mode);

  // `text` in a style, or as it is where there are no colours.
  std::string paint(Style style, std::string_view text) const;
};

// `file:line:column: `, without what is not known; empty where nothing is.
std::string place_text(const Diagnostic& diagnostic);

// `file:line:column: error: message`, and where `source` holds the line, the line with carets below, then the note.
// Ends with a newline. `source`: the whole text of the file, or empty.
std::string diagnostic_text(const Diagnostic& diagnostic, std::string_view source, const Terminal& terminal);

// "2 errors, 1 warning", "no errors".
std::string tally_text(const Diagnostics& all);

// `text` with control characters made visible, so that what a device sent cannot steer a terminal.
std::string printable(std::string_view text);

}  // namespace aorta::observe
