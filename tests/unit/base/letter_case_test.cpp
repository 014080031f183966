#include "core/base/letter_case.hpp"

#include <catch2/catch.hpp>

using namespace aorta;

TEST_CASE("letter case: one character becomes one, whatever stands around it", "[base]") {
  CHECK(to_lower("ÄRZTE Σ ΑΣ K ẞ Ⅷ") == "ärzte σ ασ k ß ⅷ");
  CHECK(to_lower("𐐀") == "𐐨");
  CHECK(to_upper("körpergewicht ß ﬁ ᾳ ǆ ÿ") == "KÖRPERGEWICHT ß ﬁ ᾼ Ǆ Ÿ");
}

TEST_CASE("letter case: nothing beyond ASCII becomes ASCII, but for the Kelvin sign", "[base]") {
  CHECK(to_lower("İ") == "İ");
  CHECK(to_upper("ı ſ") == "ı ſ");
  CHECK(to_lower("\u212A") == "k");
}

TEST_CASE("letter case: texts are compared in upper case", "[base]") {
  CHECK(equals_ignoring_case("KÖRPERGEWICHT", "körpergewicht"));
  CHECK(equals_ignoring_case("", ""));
  CHECK_FALSE(equals_ignoring_case("ß", "SS"));
  CHECK_FALSE(equals_ignoring_case("a", "a "));
  CHECK_FALSE(equals_ignoring_case("ab", "ac"));
}
