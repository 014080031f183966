#include "core/plugin/state_file.hpp"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "aorta/abi/state.h"
#include "tests/support/plugin_folder.hpp"

using namespace aorta;
using namespace aorta::test;
using plugin::StateFile;
using Entries = std::vector<StateFile::Entry>;

namespace {

std::string kept(StateFile& state, std::string_view owner, std::string_view prefix = "") {
  std::string out;
  auto give = [&](std::string_view key, std::string_view value) {
    out += std::string(key) + "=" + std::string(value) + " ";
  };
  REQUIRE(state.each(owner, prefix, give).has_value());
  return out;
}

std::string_view reason(const Result<void>& done) { return done.has_error() ? done.error().reason() : "none"; }

}  // namespace

TEST_CASE("state: what was kept is there again, for its owner alone", "[plugin]") {
  Folder folder;
  std::string path = folder.path() / "new/state.db";
  std::string odd("\0\xFF\n", 3);
  {
    StateFile state(path);
    CHECK_FALSE(std::filesystem::exists(path));
    REQUIRE(state.put("p/sources.a", Entries{{"b", "2"}, {"a", "1"}, {"ab", odd}}).has_value());
    REQUIRE(state.put("p/sources.b", Entries{{"a", "other"}}).has_value());
    REQUIRE(state.put("p/sources.a", Entries{{"b", std::nullopt}, {"a", ""}}).has_value());
  }
  StateFile state(path);
  CHECK(**state.get("p/sources.a", "ab") == odd);
  CHECK(**state.get("p/sources.a", "a") == "");
  CHECK_FALSE((*state.get("p/sources.a", "b")).has_value());
  CHECK(**state.get("p/sources.b", "a") == "other");
  CHECK(kept(state, "p/sources.a") == "a= ab=" + odd + " ");
  CHECK(kept(state, "p/sources.a", "ab") == "ab=" + odd + " ");
  CHECK(kept(state, "p/sources.c").empty());
}

TEST_CASE("state: all of a put is kept, or none", "[plugin]") {
  StateFile state("");
  REQUIRE(state.put("o", Entries{{"a", "1"}}).has_value());
  CHECK(reason(state.put("o", Entries{{"a", "2"}, {std::string(256, 'k'), "3"}})) == "state/key-too-long");
  CHECK(reason(state.put("o", Entries{{"a", "2"}, {"", "3"}})) == "state/key-too-long");
  std::string long_value(AORTA_STATE_MAX_VALUE + 1, 'v');
  CHECK(reason(state.put("o", Entries{{"a", "2"}, {"b", long_value}})) == "state/value-too-long");
  CHECK(kept(state, "o") == "a=1 ");
  std::string longest(AORTA_STATE_MAX_VALUE, 'v');
  CHECK(state.put("o", Entries{{std::string(255, 'k'), longest}}).has_value());
}

TEST_CASE("state: an owner's room is bounded, and what it forgets is room again", "[plugin]") {
  StateFile state("");
  std::vector<std::string> keys;
  for (int i = 0; i <= AORTA_STATE_MAX_ENTRIES; ++i) keys.push_back(std::to_string(i));
  Entries all;
  for (const std::string& key : keys) all.push_back({key, "1"});
  CHECK(reason(state.put("o", all)) == "state/full");
  CHECK(kept(state, "o").empty());
  all.pop_back();
  REQUIRE(state.put("o", all).has_value());
  CHECK(reason(state.put("o", Entries{{"more", "1"}})) == "state/full");
  CHECK(state.put("o", Entries{{"more", "1"}, {"0", std::nullopt}}).has_value());
  CHECK(state.put("another", Entries{{"more", "1"}}).has_value());

  std::string value(AORTA_STATE_MAX_VALUE, 'v');
  Entries big;
  for (int i = 0; i < 257; ++i) big.push_back({keys[static_cast<std::size_t>(i)], value});
  CHECK(reason(state.put("big", big)) == "state/full");
  big.resize(255);
  CHECK(state.put("big", big).has_value());
}

TEST_CASE("state: another program's file is left as it is", "[plugin]") {
  Folder folder;
  std::string path = folder.write(
      "state.db",
      "somebody's notes, quite a lot of them, more than one hundred bytes of "
      "them, which is what a database's head takes"
  );
  StateFile state(path);
  auto got = state.get("o", "a");
  REQUIRE(got.has_error());
  CHECK(got.error().reason() == "state-not-a-database");
  CHECK(read_file(path).starts_with("somebody's notes"));
}

TEST_CASE("state: several threads and files at once lose nothing", "[plugin]") {
  Folder folder;
  std::string path = folder.path() / "state.db";
  StateFile one(path), two(path);
  auto work = [](StateFile& state, const std::string& owner) {
    for (int i = 0; i < 50; ++i) {
      if (state.put(owner, Entries{{std::to_string(i), "1"}}).has_error()) return;
    }
  };
  std::vector<std::thread> threads;
  threads.emplace_back(work, std::ref(one), "a");
  threads.emplace_back(work, std::ref(one), "b");
  threads.emplace_back(work, std::ref(two), "c");
  for (std::thread& thread : threads) thread.join();
  for (const char* owner : {"a", "b", "c"}) {
    int count = 0;
    REQUIRE(two.each(owner, "", [&](std::string_view, std::string_view) { ++count; }).has_value());
    CHECK(count == 50);
  }
}
