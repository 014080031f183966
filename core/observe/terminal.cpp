#include "core/observe/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "core/base/unicode.hpp"

namespace aorta::observe {
namespace {

constexpr int kWidest = 100;
constexpr std::size_t kLongestShownLine = 160;

bool set_and_not_empty(const char* variable) {
  const char* value = std::getenv(variable);
  return value && *value != '\0';
}

bool colors_wanted(bool interactive) {
  const char* kind = std::getenv("TERM");
  bool dumb = kind && std::string_view(kind) == "dumb";
  return interactive && !dumb && !set_and_not_empty("NO_COLOR");
}

int width_of(int descriptor) {
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kWidest;
  return std::min<int>(size.ws_col, kWidest);
}

std::string_view code_of(Style style) {
  switch (style) {
    case Style::Plain:
      return "0";
    case Style::Bold:
      return "1";
    case Style::Dim:
      return "2";
    case Style::Red:
      return "1;31";
    case Style::Yellow:
      return "1;33";
    case Style::Green:
      return "32";
    case Style::Cyan:
      return "36";
  }
  return "0";
}

std::string_view line_of(std::string_view source, int line) {
  for (int at = 1; at < line; ++at) {
    std::size_t end = source.find('\n');
    if (end == std::string_view::npos) return {};
    source.remove_prefix(end + 1);
  }
  std::string_view found = source.substr(0, source.find('\n'));
  if (found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

int utf16_units(char lead) { return static_cast<unsigned char>(lead) >= 0xF0 ? 2 : 1; }

// Bytes before the 1-based column that counts UTF-16 units.
std::size_t bytes_before(std::string_view line, int column) {
  int units = 0;
  std::size_t at = 0;
  while (at < line.size() && units < column - 1) {
    units += utf16_units(line[at++]);
    while (at < line.size() && !starts_character(line[at])) ++at;
  }
  return at;
}

// Spaces as wide as `text`; tabs stay, so that the caret stands below what it means.
std::string blank_like(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (starts_character(c)) out += c == '\t' ? '\t' : ' ';
  }
  return out;
}

std::string excerpt(const Diagnostic& d, std::string_view source, const Terminal& terminal) {
  std::string_view line = line_of(source, d.position.line);
  std::size_t before = bytes_before(line, d.position.column);
  if (line.empty() || d.position.column < 1 || before > kLongestShownLine) return {};
  std::size_t marked =
      std::max<std::size_t>(1, count_characters(line.substr(before, bytes_before(line.substr(before), d.width + 1))));
  std::string number = std::to_string(d.position.line);
  std::string margin(number.size() < 5 ? 5 - number.size() : 0, ' ');
  std::string out = margin + number + " | " + printable(line.substr(0, kLongestShownLine)) + "\n";
  out += std::string(margin.size() + number.size(), ' ') + " | " + blank_like(line.substr(0, before));
  std::string caret = "^" + std::string(std::min(marked, kLongestShownLine) - 1, '~');
  return out + terminal.paint(d.severity == Severity::Error ? Style::Red : Style::Yellow, caret) + "\n";
}

std::string counted(std::size_t number, std::string_view what) {
  return std::to_string(number) + " " + std::string(what) + (number == 1 ? "" : "s");
}

}  // namespace

Terminal Terminal::of(int descriptor, ColorMode mode) {
  Terminal found;
  found.interactive = isatty(descriptor) == 1;
  found.color = mode == ColorMode::Always || (mode == ColorMode::Auto && colors_wanted(found.interactive));
  found.width = width_of(descriptor);
  return found;
}

std::string Terminal::paint(Style style, std::string_view text) const {
  if (!color || style == Style::Plain) return std::string(text);
  return "\x1b[" + std::string(code_of(style)) + "m" + std::string(text) + "\x1b[0m";
}

std::string place_text(const Diagnostic& d) {
  std::string out = d.file;
  if (d.position.line > 0) out += ":" + std::to_string(d.position.line);
  if (d.position.line > 0 && d.position.column > 0) out += ":" + std::to_string(d.position.column);
  return out.empty() ? out : out + ": ";
}

std::string diagnostic_text(const Diagnostic& d, std::string_view source, const Terminal& terminal) {
  bool error = d.severity == Severity::Error;
  std::string out = terminal.paint(Style::Bold, place_text(d));
  out += terminal.paint(error ? Style::Red : Style::Yellow, error ? "error:" : "warning:") + " " +
         printable(d.message) + "\n";
  if (!source.empty() && d.position.line > 0) out += excerpt(d, source, terminal);
  if (!d.note.empty()) out += "   " + printable(d.note) + "\n";
  return out;
}

std::string tally_text(const Diagnostics& all) {
  std::size_t errors = count_errors(all);
  std::size_t warnings = all.size() - errors;
  std::string out = errors == 0 ? "no errors" : counted(errors, "error");
  return warnings == 0 ? out : out + ", " + counted(warnings, "warning");
}

std::string printable(std::string_view text) {
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    bool control = (byte < 0x20 && c != '\t') || byte == 0x7F;
    out += control ? '?' : c;
  }
  return out;
}

}  // namespace aorta::observe
