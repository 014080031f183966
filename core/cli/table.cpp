#include "core/cli/table.hpp"

#include <algorithm>

#include "core/observe/terminal.hpp"

namespace aorta::cli {
namespace {

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace

std::string Table::text() const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string out;
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      std::string gap(widths[i] - width_of(row[i]), ' ');
      bool right = std::find(right_.begin(), right_.end(), i) != right_.end();
      bool last = i + 1 == row.size();
      out += (right ? gap : "") + observe::printable(row[i]) + (right || last ? "" : gap) + (last ? "\n" : "  ");
    }
  }
  return out;
}

}  // namespace aorta::cli
