#include "core/expr/jmes_path/quoted.hpp"

#include <array>
#include <cstdint>

#include "core/base/unicode.hpp"
#include "core/expr/jmes_path/utf16.hpp"

namespace aorta::expr::jmes_path {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The code unit of a \uXXXX that starts at `at`, or -1.
int unicode_escape(std::string_view text, std::size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return -1;
  int unit = 0;
  for (std::size_t i = at + 2; i < at + 6; ++i) {
    int digit = hex_value(text[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

// How long the escape at `at` is, 0 if there is no such escape.
std::size_t escape_length(std::string_view text, std::size_t at) {
  if (at + 1 >= text.size()) return 0;
  if (text[at + 1] == 'u') return unicode_escape(text, at) < 0 ? 0 : 6;
  return std::string_view("\"\\/bfnrt").find(text[at + 1]) == kNone ? 0 : 2;
}

constexpr bool is_forbidden_in_name(char c) { return c == '\b' || c == '\f' || c == '\n' || c == '\r' || c == '\t'; }

// Joins \uXXXX escapes to characters. A high surrogate waits for the next low one, whatever stands between, as in the
// reference; one that waits in vain is dropped.
class UnicodeUnescaper {
 public:
  std::string_view run(std::string_view in, std::string& out) {
    for (std::size_t i = 0; i < in.size();) {
      int unit = unicode_escape(in, i);
      if (unit >= 0) {
        if (std::string_view cause = add(static_cast<char16_t>(unit), out); !cause.empty()) return cause;
        i += 6;
        continue;
      }
      std::size_t length = in.substr(i).starts_with("\\\\") ? 2 : 1;
      out += in.substr(i, length);
      i += length;
    }
    return {};
  }

 private:
  std::string_view add(char16_t unit, std::string& out) {
    if (is_high_surrogate(unit)) {
      if (high_ != 0) return "a high surrogate is followed by another one";
      high_ = unit;
      return {};
    }
    if (is_low_surrogate(unit) != (high_ != 0)) return "a surrogate escape stands without its other half";
    append_units(out, high_, unit);
    high_ = 0;
    return {};
  }

  static void append_units(std::string& out, char16_t high, char16_t unit) {
    if (high != 0) append_unit(out, high);
    append_unit(out, unit);
  }

  char16_t high_ = 0;
};

}  // namespace

std::size_t quoted_name_end(std::string_view text, std::size_t start) {
  for (std::size_t i = start + 1; i < text.size();) {
    if (text[i] == '"') return i + 1;
    if (is_forbidden_in_name(text[i])) return kNone;
    std::size_t length = text[i] == '\\' ? escape_length(text, i) : 1;
    if (length == 0) return kNone;
    i += length;
  }
  return kNone;
}

std::size_t raw_string_end(std::string_view text, std::size_t start) {
  for (std::size_t i = start + 1; i < text.size(); ++i) {
    if (text[i] == '\'') return i + 1;
    if (text[i] == '\\') ++i;
  }
  return kNone;
}

// A backtick behind a backslash belongs to the literal where a later one can close it, and closes it otherwise.
std::size_t literal_end(std::string_view text, std::size_t start) {
  std::size_t candidate = kNone;
  for (std::size_t i = start + 1; i < text.size(); ++i) {
    if (text[i] != '`') continue;
    if (text[i - 1] != '\\') return i + 1;
    candidate = i + 1;
  }
  return candidate;
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t hit; (hit = text.find(from, at)) != kNone; at = hit + from.size()) {
    out.append(text.substr(at, hit - at)).append(to);
  }
  return out.append(text.substr(at));
}

// The reference replaces one escape after the other in the whole text, so that what an earlier replacement leaves can
// be taken for an escape: "\\n" (an escaped backslash and an n) is a line break.
std::string_view unescape_name(std::string_view inner, std::string& out) {
  static constexpr std::array<std::array<std::string_view, 2>, 9> kEscapes{
      {{"\\\"", "\""},
       {"\\\\", "\\"},
       {"\\/", "/"},
       {"\\b", "\b"},
       {"\\f", "\f"},
       {"\\n", "\n"},
       {"\\r", "\r"},
       {"\\v", "\v"},
       {"\\t", "\t"}}};
  std::string_view cause = UnicodeUnescaper().run(inner, out);
  if (!cause.empty()) return cause;
  for (const auto& [from, to] : kEscapes) {
    if (out.find('\\') == std::string::npos) break;
    out = replaced(out, from, to);
  }
  return {};
}

}  // namespace aorta::expr::jmes_path
