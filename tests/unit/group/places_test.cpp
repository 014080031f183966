#include "core/group/places.hpp"

#include <catch2/catch.hpp>

using aorta::group::Places;

TEST_CASE("places: many keys keep the place they were given, however many there are", "[group]") {
  Places places;
  for (std::size_t i = 0; i < 100; ++i) {
    auto key = static_cast<std::int64_t>(i * i) - 50;
    CHECK(places.find_or_add(key, i) == std::pair(i, true));
    CHECK(places.find_or_add(key, 1000) == std::pair(i, false));
  }
  for (std::size_t i = 0; i < 100; ++i)
    CHECK(places.find_or_add(static_cast<std::int64_t>(i * i) - 50, 7) == std::pair(i, false));
}
