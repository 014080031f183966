#include "core/cli/table.hpp"

#include <algorithm>

#include "core/base/unicode.hpp"
#include "core/observe/terminal.hpp"

namespace aorta::cli {

std::string shortened(const std::string& text, std::size_t most) {
  if (text.size() <= most || count_characters(text) <= most) return text;
  const char* end = text.data();
  for (std::size_t i = 1; i < most; ++i) next_char(end);
  return text.substr(0, static_cast<std::size_t>(end - text.data())) + "…";
}

std::string Table::text() const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], count_characters(row[i]));
  }
  std::string out;
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      std::string gap(widths[i] - count_characters(row[i]), ' ');
      bool right = std::find(right_.begin(), right_.end(), i) != right_.end();
      bool last = i + 1 == row.size();
      out += (right ? gap : "") + observe::printable(row[i]) + (right || last ? "" : gap) + (last ? "\n" : "  ");
    }
  }
  return out;
}

}  // namespace aorta::cli
