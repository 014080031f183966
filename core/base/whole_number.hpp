// Whole numbers as text, and nothing beside them.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace aorta {

// All of `text` as a number that T holds, "-" before it where T is signed; nothing: it is something else. No locale.
template <class T>
std::optional<T> whole_number(std::string_view text, int base = 10) {
  T number = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace aorta
