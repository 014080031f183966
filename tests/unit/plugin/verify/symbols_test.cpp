#include "core/plugin/verify/symbols.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/plugin_folder.hpp"

using namespace aorta;
using namespace aorta::test;
using plugin::verify::exported_symbols;

TEST_CASE("verify symbols: what a library exports", "[plugin]") {
  auto names = exported_symbols(built("sdk_plugins.so"));
  REQUIRE(names.has_value());
  CHECK(*names == std::vector<std::string>{"aorta_module_v1"});
  auto nothing = exported_symbols(built("nothing.so"));
  REQUIRE(nothing.has_value());
  CHECK(std::find(nothing->begin(), nothing->end(), "aorta_nothing") != nothing->end());
}

TEST_CASE("verify symbols: a damaged library is told, wherever it is cut", "[plugin]") {
  std::string whole = read_file(built("counter.so"));
  Folder folder;
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    auto names = exported_symbols(folder.write("cut.so", whole.substr(0, size)));
    if (names.has_value()) CHECK(names->size() < 100);
  }
  CHECK(exported_symbols(folder.path() / "missing.so").has_error());
}

TEST_CASE("verify symbols: no flipped byte of the headers leads outside the file", "[plugin]") {
  std::string whole = read_file(built("nothing.so"));
  Folder folder;
  for (std::size_t at = 0; at < 64; ++at) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(~flipped[at]);
    auto names = exported_symbols(folder.write("flipped.so", flipped));
    if (names.has_value()) CHECK(names->size() < 100);
  }
}
