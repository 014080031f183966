#include "core/expr/json_path/regex_set.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <set>

using namespace aorta::expr::json_path;

namespace {

constexpr unsigned kLastUnit = 0xFFFF;

CharSet any_case(char16_t first, char16_t last) {
  CharSet set;
  set.ignore_case = true;
  set.ranges.emplace_back(first, last);
  set.prepare();
  return set;
}

std::set<char16_t> folded(char16_t first, char16_t last) {
  std::set<char16_t> out;
  for (unsigned c = first; c <= last; ++c) out.insert(fold(static_cast<char16_t>(c)));
  return out;
}

unsigned wrong_units(const CharSet& set, const std::set<char16_t>& expected) {
  unsigned wrong = 0;
  for (unsigned c = 0; c <= kLastUnit; ++c) {
    auto unit = static_cast<char16_t>(c);
    wrong += set.contains(unit) == (expected.count(fold(unit)) != 0) ? 0 : 1;
  }
  return wrong;
}

}  // namespace

TEST_CASE("regex set: lower case is its own lower case", "[expr]") {
  unsigned wrong = 0;
  for (unsigned c = 0; c <= kLastUnit; ++c) {
    char16_t lower = fold(static_cast<char16_t>(c));
    wrong += fold(lower) == lower ? 0 : 1;
  }
  CHECK(wrong == 0);
}

TEST_CASE("regex set: in any case, a range holds what shares its lower case with one of its units", "[expr]") {
  std::mt19937 random(7);
  for (unsigned limit : {0x80U, 0x250U, 0x600U, 0x2200U, kLastUnit}) {
    for (int i = 0; i < 20; ++i) {
      auto a = static_cast<char16_t>(random() % limit), b = static_cast<char16_t>(random() % limit);
      auto [first, last] = std::minmax(a, b);
      INFO("from " << unsigned{first} << " to " << unsigned{last});
      CHECK(wrong_units(any_case(first, last), folded(first, last)) == 0);
    }
  }
}
