#include "core/base/base64.hpp"

#include <catch2/catch.hpp>

using aorta::base64;

TEST_CASE("base64: the vectors of RFC 4648", "[base]") {
  CHECK(base64("").empty());
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64(std::string_view("\0\xFF", 2)) == "AP8=");
}
