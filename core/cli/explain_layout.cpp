#include "core/cli/explain_layout.hpp"

#include <algorithm>
#include <ostream>

#include "core/base/unicode.hpp"

namespace aorta::cli {
namespace {

// A text that would get less than this starts on a line of its own.
constexpr std::size_t kLeastRoom = 30;
constexpr std::size_t kDeepestIndent = 18;

std::string blanks(std::size_t count) { return std::string(count, ' '); }

}  // namespace

std::string padded(std::string_view text, std::size_t width) {
  std::size_t own = count_characters(text);
  return std::string(text) + blanks(own < width ? width - own : 0) + "  ";
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> out(1);
  while (!text.empty()) {
    std::size_t end = std::min(text.find(' ', 1), text.size());
    std::string_view word = text.substr(0, end);
    bool fits = out.back().empty() || count_characters(out.back()) + count_characters(word) <= width;
    if (fits) {
      out.back() += word;
    } else {
      out.emplace_back(word.substr(word.front() == ' ' ? 1 : 0));
    }
    text.remove_prefix(end);
  }
  return out;
}

std::string joined(const std::vector<std::string>& all) {
  std::string out;
  for (const std::string& one : all) out += (out.empty() ? "" : ", ") + one;
  return out;
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

// In a file everything stands on one line, so that it can be searched.
std::vector<std::string> Layout::lines_of(std::string_view text, std::size_t start) const {
  std::string shown = observe::printable(text);
  if (!terminal_.interactive) return {std::move(shown)};
  auto width = static_cast<std::size_t>(terminal_.width);
  return wrapped(shown, width > start + kLeastRoom ? width - start : kLeastRoom);
}

void Layout::row(std::size_t indent, const std::vector<Head>& heads, std::string_view text) {
  std::size_t start = indent;
  out_ << blanks(indent);
  for (const Head& head : heads) {
    std::string shown = observe::printable(head.text);
    out_ << terminal_.paint(head.style, shown);
    start += count_characters(shown);
  }
  std::size_t below = start;
  bool narrow = terminal_.interactive && start + kLeastRoom > static_cast<std::size_t>(terminal_.width);
  if (narrow) below = std::min(start, kDeepestIndent);
  if (narrow && !text.empty()) out_ << "\n" << blanks(below);
  std::vector<std::string> lines = lines_of(text, below);
  for (std::size_t i = 0; i < lines.size(); ++i) out_ << (i == 0 ? "" : "\n" + blanks(below)) << lines[i];
  out_ << "\n";
}

}  // namespace aorta::cli
