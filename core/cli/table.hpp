// Rows in aligned columns, for people.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace aorta::cli {

// At most `most` characters of it; where more follow, the last one is an ellipsis.
std::string shortened(const std::string& text, std::size_t most);

class Table {
 public:
  explicit Table(std::vector<std::string> head) : rows_{std::move(head)} {}
  // `cells` as many as the head has. Control characters are made visible.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  // Numbers stand right-aligned in these columns.
  void align_right(std::size_t column) { right_.push_back(column); }
  // Two spaces between columns, a newline behind each row, nothing behind the last cell.
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::size_t> right_;
};

}  // namespace aorta::cli
