#include "core/plugin/source.hpp"

#include <catch2/catch.hpp>

#include "tests/support/plugin_folder.hpp"

using namespace aorta;
using namespace aorta::test;
using plugin::Registry;
using plugin::Source;
using std::chrono::milliseconds;

namespace {

struct Home {
  Home() {
    install(folder, "counter", kCounterManifest);
    install(
        folder, "mute",
        R"({"manifest":1,"name":"mute","version":"1.0.0","abi":{"major":1,"minor":0},)"
        R"("plugins":[{"id":"test.mute","kind":"source","config":{}}]})"
        "\n"
    );
    install(folder, "sdk_plugins", read_file(built("sdk_plugins.manifest.json")));
    registry.emplace(std::vector{folder.path()});
  }
  Result<std::unique_ptr<Source>> make(std::string_view id, std::string_view config = "{}") {
    return Source::make(*registry, id, config, {"sources.test"});
  }
  Folder folder;
  std::optional<Registry> registry;
};

std::string understood(const std::string& config) {
  Home home;
  auto source = home.make("test.settings", config);
  if (source.has_error()) return std::string(source.error().message());
  std::vector<plugin::Record> records;
  REQUIRE(*(*source)->poll(records, 10, 1000, milliseconds(0)) == Source::State::Ended);
  return std::string(records.at(0).body);
}

}  // namespace

TEST_CASE("source: records are owned, in order, within the credit", "[plugin]") {
  Home home;
  auto source = *home.make("test.counter");
  REQUIRE(source->start().has_value());
  std::vector<plugin::Record> records;
  CHECK(*source->poll(records, 3, 1000, milliseconds(0)) == Source::State::More);
  CHECK(*source->poll(records, 3, 1000, milliseconds(0)) == Source::State::Ended);
  REQUIRE(records.size() == 5);
  std::vector<plugin::Record> moved = std::move(records);
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(moved[i].body == std::to_string(i + 1));
    CHECK(moved[i].token == std::to_string(i + 1));
    CHECK(moved[i].properties.data() == nullptr);
    source->settle(moved[i].token, AORTA_WRITTEN);
  }
  CHECK(!source->progress().has_value());
  CHECK(source->stop().has_value());
  CHECK(source->stop().has_value());
}

TEST_CASE("source: an instance without start is stopped and destroyed", "[plugin]") {
  Home home;
  auto source = *home.make("test.counter");
  CHECK(source->stop().has_value());
}

TEST_CASE("source: a configuration is read by its schema", "[plugin]") {
  CHECK(understood(R"({"text":"t"})") == "t|true|3|5000|16777216|2|here||none|one");
  CHECK(
      understood(
          R"({"text":"\u00e4\n\ud83d\ude00","flag":false,"count":10,"ratio":1e-3,"every":250,"most":1,"names":[],)"
          R"("path":"/p","key":"k","extra":-1,"mode":"two"})"
      ) == "\u00e4\n\U0001F600|false|10|250|1|0|/p|k|-1|two"
  );
}

TEST_CASE("source: a wrong configuration names the member", "[plugin]") {
  CHECK(understood(R"({})") == "sources.test: \"text\" is missing");
  CHECK(understood(R"({"text":1})") == "sources.test: \"text\" must be text");
  CHECK(understood(R"({"text":"t","count":0})") == "sources.test: \"count\" is too small");
  CHECK(understood(R"({"text":"t","count":11})") == "sources.test: \"count\" is too large");
  CHECK(understood(R"({"text":"t","mode":"three"})") == "sources.test: \"mode\" is none of its allowed values");
  CHECK(understood(R"({"text":"t","names":[1]})") == "sources.test: \"names\" must be a list");
  CHECK(understood(R"({"text":"t","other":1})") == "sources.test: \"other\" is no member of it");
  CHECK(understood(R"({"text":"t",})") == "sources.test: the configuration is no JSON at offset 12");
}

TEST_CASE("source: a plugin that throws when made is an error, not an exception", "[plugin]") {
  Home home;
  auto made = home.make("test.throws_when_made");
  REQUIRE(made.has_error());
  CHECK(made.error().reason() == "plugin-threw");
  CHECK(made.error().message() == "sources.test: no luck today");
}

TEST_CASE("source: a plugin that throws in a call fails that call", "[plugin]") {
  Home home;
  auto source = *home.make("test.throws_in_poll");
  std::vector<plugin::Record> records;
  auto first = source->poll(records, 1, 1, milliseconds(0));
  REQUIRE(first.has_error());
  CHECK(first.error().reason() == "peer-away");
  CHECK(first.error().retryable());
  auto second = source->poll(records, 1, 1, milliseconds(0));
  REQUIRE(second.has_error());
  CHECK(second.error().reason() == "plugin-threw");
  CHECK(!second.error().retryable());
}

TEST_CASE("source: what start() throws carries its reason", "[plugin]") {
  Home home;
  auto source = *home.make("test.fails_to_start");
  auto started = source->start();
  REQUIRE(started.has_error());
  CHECK(started.error().reason() == "no-file");
  CHECK(started.error().message() == "sources.test: there is no file");
}

TEST_CASE("source: a plugin that fails without a word is named", "[plugin]") {
  Home home;
  auto made = home.make("test.mute");
  REQUIRE(made.has_error());
  CHECK(made.error().reason() == "plugin-said-nothing");
}
