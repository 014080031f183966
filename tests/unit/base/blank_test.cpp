#include "core/base/blank.hpp"

#include <catch2/catch.hpp>

TEST_CASE("blank: white space of Unicode counts", "[base][unit]") {
  CHECK(aorta::is_blank(""));
  CHECK(aorta::is_blank(" \t\xC2\xA0\xE2\x80\x83"));
  CHECK_FALSE(aorta::is_blank(" x"));
}

TEST_CASE("blank: trimming leaves what stands between", "[base][unit]") {
  CHECK(aorta::trim("\xC2\xA0 a b \n") == "a b");
  CHECK(aorta::trim_end(" E E \xC2\xA0") == " E E");
  CHECK(aorta::trim("   ").empty());
  CHECK(aorta::trim("\xC3\xA9").size() == 2);
  CHECK(aorta::trim("\xC2\xA0x").size() == 1);
  CHECK(aorta::trim("x\xC2\x85").size() == 1);
  CHECK(aorta::trim("x y") == "x y");
}
