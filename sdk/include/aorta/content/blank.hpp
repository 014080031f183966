// White space as .NET has it.
#pragma once

#include <string_view>

namespace aorta::content {

// At namespace scope: a local array would be copied to the stack by every call.
inline constexpr std::string_view kWideBlanks[] = {
    "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F",
    "\xE3\x80\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85",
    "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A"};

// The length of the white space character that `text` begins with, 0 if it begins with another. UTF-8.
constexpr std::size_t blank_prefix(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] == ' ' || (text[0] >= '\t' && text[0] <= '\r')) return 1;
  if (static_cast<unsigned char>(text[0]) < 0x80) return 0;
  for (std::string_view wide : kWideBlanks) {
    if (text.substr(0, wide.size()) == wide) return wide.size();
  }
  return 0;
}

constexpr bool is_blank(std::string_view text) {
  while (std::size_t size = blank_prefix(text)) text.remove_prefix(size);
  return text.empty();
}

}  // namespace aorta::content
