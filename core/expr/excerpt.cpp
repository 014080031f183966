#include "core/expr/excerpt.hpp"

#include <algorithm>

#include "core/base/unicode.hpp"

namespace aorta::expr {
namespace {

constexpr std::size_t kShown = 200;

}  // namespace

std::string excerpt(std::string_view expression) {
  std::string_view shown = whole_characters(expression, kShown);
  std::string out = "`";
  out += shown;
  return out += shown.size() < expression.size() ? "…`" : "`";
}

std::string excerpt_at(std::string_view expression, std::size_t offset) {
  std::string_view before = expression.substr(0, offset);
  std::size_t units = is_utf8(before, Surrogates::Allow) ? utf16_size(before) : before.size();
  return excerpt(expression) + ", column " + std::to_string(units + 1);
}

}  // namespace aorta::expr
