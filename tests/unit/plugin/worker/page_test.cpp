#include "core/plugin/worker/page.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace aorta::plugin::worker;

TEST_CASE("page: what outgrows its slot goes on in memory of its own, and comes back to the slot", "[plugin]") {
  char slot[16];
  Page page;
  for (int turn = 0; turn < 2; ++turn) {
    page.open(slot, sizeof slot);
    page.add("0123456789");
    CHECK_FALSE(page.has_outgrown_slot());
    CHECK(page.payload().data() == slot);
    page.add("abcdef");
    CHECK_FALSE(page.has_outgrown_slot());
    page.add("g");
    CHECK(page.has_outgrown_slot());
    page.add(std::string(1000, 'x'));
    page.at(1).put('!');
    CHECK(page.payload() == "0!23456789abcdefg" + std::string(1000, 'x'));
  }
}
