#include "core/base/letter_case.hpp"

#include <algorithm>
#include <span>

#include "core/base/case_ranges.hpp"
#include "core/base/text.hpp"
#include "core/base/unicode.hpp"

namespace aorta {
namespace {

char32_t moved(char32_t c, std::span<const CaseRange> ranges) {
  auto range = std::lower_bound(ranges.begin(), ranges.end(), c, [](const CaseRange& r, char32_t wanted) {
    return r.last < wanted;
  });
  if (range == ranges.end() || c < range->first || (c - range->first) % static_cast<char32_t>(range->step) != 0)
    return c;
  return static_cast<char32_t>(static_cast<int>(c) + range->delta);
}

std::string mapped(std::string_view text, char32_t (*map)(char32_t)) {
  std::string out;
  out.reserve(text.size());
  for (const char* p = text.data(); p != text.data() + text.size();) append_utf8(out, map(next_char(p)));
  return out;
}

}  // namespace

char32_t to_upper(char32_t c) {
  if (c < 0x80) return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
  return moved(c, kToUpper);
}

char32_t to_lower(char32_t c) {
  if (c < 0x80) return static_cast<unsigned char>(ascii_lower(static_cast<char>(c)));
  return moved(c, kToLower);
}

std::string to_upper(std::string_view text) { return mapped(text, to_upper); }
std::string to_lower(std::string_view text) { return mapped(text, to_lower); }

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  const char* p = a.data();
  const char* q = b.data();
  while (p != a.data() + a.size() && q != b.data() + b.size()) {
    if (to_upper(next_char(p)) != to_upper(next_char(q))) return false;
  }
  return p == a.data() + a.size() && q == b.data() + b.size();
}

}  // namespace aorta
