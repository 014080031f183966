#include "core/expr/excerpt.hpp"

#include <catch2/catch.hpp>

using namespace aorta::expr;

TEST_CASE("excerpt: an expression of some length is told whole", "[expr]") {
  CHECK(excerpt("$.a") == "`$.a`");
  CHECK(excerpt(std::string(200, 'a')) == "`" + std::string(200, 'a') + "`");
}

TEST_CASE("excerpt: of a long one the beginning, up to a whole character", "[expr]") {
  CHECK(excerpt(std::string(201, 'a')) == "`" + std::string(200, 'a') + "…`");
  CHECK(excerpt(std::string(199, 'a') + "é" + "b") == "`" + std::string(199, 'a') + "…`");
}

TEST_CASE("excerpt: columns count UTF-16 units from 1", "[expr]") {
  CHECK(excerpt_at("$.a[", 3) == "`$.a[`, column 4");
  CHECK(excerpt_at("$.\xF0\x9F\x98\x80[", 6) == "`$.\xF0\x9F\x98\x80[`, column 5");
}
