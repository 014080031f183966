#include "core/config/line_index.hpp"

#include <algorithm>
#include <cstdint>

namespace aorta::config {
namespace {

unsigned char byte_of(char c) { return static_cast<unsigned char>(c); }
bool continues(char c) { return (byte_of(c) & 0xC0) == 0x80; }

int units_in(std::string_view text) {
  int units = 0;
  for (char c : text) {
    if (!continues(c)) units += byte_of(c) >= 0xF0 ? 2 : 1;
  }
  return units;
}

std::size_t length_by_lead(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

std::uint32_t decode(std::string_view sequence) {
  std::uint32_t code = byte_of(sequence[0]) & (0xFFu >> (sequence.size() + 1));
  for (char c : sequence.substr(1)) code = code << 6 | (byte_of(c) & 0x3Fu);
  return code;
}

// Length of the well-formed sequence that `text` begins with, 0 if there is none.
std::size_t sequence_length(std::string_view text) {
  std::size_t length = length_by_lead(byte_of(text.front()));
  if (length <= 1) return length;
  if (length > text.size() ||
      !std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length), continues))
    return 0;
  std::uint32_t code = decode(text.substr(0, length));
  bool surrogate = code >= 0xD800 && code < 0xE000;
  bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  return surrogate || overlong || code > 0x10FFFF ? 0 : length;
}

bool is_control(char c) { return (byte_of(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte_of(c) == 0x7F; }

}  // namespace

LineIndex::LineIndex(std::string_view text) : text_(text), starts_{0} {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    starts_.push_back(at + 1);
}

std::string_view LineIndex::line(std::size_t index) const {
  if (index >= starts_.size()) return {};
  std::string_view rest = text_.substr(starts_[index]);
  return rest.substr(0, rest.find('\n'));
}

Position LineIndex::place(int line_number, int column) const {
  if (line_number < 0 || column < 0) return {};
  auto at = std::min(static_cast<std::size_t>(line_number), starts_.size() - 1);
  std::string_view before = line(at).substr(0, static_cast<std::size_t>(column));
  return {static_cast<int>(at) + 1, units_in(before) + 1};
}

Position LineIndex::place_of_byte(std::size_t offset) const {
  auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
  auto index = static_cast<int>(after - starts_.begin()) - 1;
  return place(index, static_cast<int>(offset - *(after - 1)));
}

bool LineIndex::quote_at(Position position) const {
  if (position.line < 1) return false;
  int units = 0;
  for (char c : line(static_cast<std::size_t>(position.line) - 1)) {
    if (continues(c)) continue;
    if (units == position.column - 1) return c == '"' || c == '\'';
    units += byte_of(c) >= 0xF0 ? 2 : 1;
  }
  return false;
}

bool LineIndex::is_unclosed_quote(std::size_t offset) const {
  char mark = offset < text_.size() ? text_[offset] : '\0';
  if (mark != '"' && mark != '\'') return false;
  for (std::size_t at = offset + 1; at < text_.size(); ++at) {
    bool doubled = mark == '\'' && text_.substr(at, 2) == "''";
    if (text_[at] == mark && !doubled) return false;
    if (doubled || (mark == '"' && text_[at] == '\\')) ++at;
  }
  return true;
}

int LineIndex::utf16_length(std::string_view text) { return std::max(1, units_in(text.substr(0, text.find('\n')))); }

std::optional<std::size_t> first_unreadable_byte(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = is_control(text[at]) ? 0 : sequence_length(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

}  // namespace aorta::config
