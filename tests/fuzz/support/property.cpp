#include "tests/fuzz/support/property.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace aorta::fuzz {
namespace {

constexpr std::size_t kShown = 200;

int shown(std::string_view text) { return static_cast<int>(std::min(text.size(), kShown)); }

}  // namespace

void require(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

void require_same(std::string_view a, std::string_view b, std::string_view what) {
  if (a == b) return;
  auto place =
      std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(std::min(a.size(), b.size())), b.begin());
  auto at = static_cast<std::size_t>(place.first - a.begin());
  std::size_t from = at - std::min<std::size_t>(at, 20);
  a.remove_prefix(from);
  b.remove_prefix(from);
  std::fprintf(stderr, "differs at byte %zu:\n  %.*s\n  %.*s\n", at, shown(a), a.data(), shown(b), b.data());
  require(false, what);
}

}  // namespace aorta::fuzz
