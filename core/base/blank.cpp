#include "core/base/blank.hpp"

#include "core/base/unicode.hpp"

namespace aorta {

namespace {

// Neither white space nor a byte of a longer character.
bool is_solid(char c) { return c > ' ' && c < '\x7F'; }

}  // namespace

bool is_blank(std::string_view text) { return trim_end(text).empty(); }

std::string_view trim_end(std::string_view text) {
  if (!text.empty() && is_solid(text.back())) return text;
  const char* keep = text.data();
  const char* const end = text.data() + text.size();
  for (const char* p = text.data(); p != end;) {
    if (!is_white_space(next_char(p))) keep = p;
  }
  return {text.data(), static_cast<std::size_t>(keep - text.data())};
}

std::string_view trim(std::string_view text) {
  text = trim_end(text);
  if (text.empty() || is_solid(text.front())) return text;
  const char* start = text.data();
  for (const char* p = start; start != text.data() + text.size() && is_white_space(next_char(p));) start = p;
  text.remove_prefix(static_cast<std::size_t>(start - text.data()));
  return text;
}

}  // namespace aorta
