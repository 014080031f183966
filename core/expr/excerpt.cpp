#include "core/expr/excerpt.hpp"

#include <algorithm>

#include "core/base/unicode.hpp"

namespace aorta::expr {
namespace {

constexpr std::size_t kShown = 200;

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::size_t whole_characters(std::string_view text, std::size_t size) {
  if (size >= text.size()) return text.size();
  while (size > 0 && continues_character(text[size])) --size;
  return size;
}

}  // namespace

std::string excerpt(std::string_view expression) {
  std::size_t shown = whole_characters(expression, kShown);
  std::string out = "`";
  out += expression.substr(0, shown);
  return out += shown < expression.size() ? "…`" : "`";
}

std::string excerpt_at(std::string_view expression, std::size_t offset) {
  std::string_view before = expression.substr(0, offset);
  std::size_t units = is_utf8(before, Surrogates::Allow) ? utf16_size(before) : before.size();
  return excerpt(expression) + ", column " + std::to_string(units + 1);
}

}  // namespace aorta::expr
