#include "core/plugin/sink.hpp"

#include <catch2/catch.hpp>

#include "tests/support/plugin_folder.hpp"

using namespace aorta;
using namespace aorta::test;
using plugin::Registry;
using plugin::Sink;
using Ended = fhir::Ending::Kind;

namespace {

group::MemberBuffer measurements(std::size_t count) {
  group::MemberBuffer out;
  for (std::size_t i = 0; i < count; ++i) {
    mapping::Measurement m;
    m.type = "hr";
    m.device = "d";
    m.values.push_back({"v" + std::to_string(i), "1"});
    out.add(m);
  }
  return out;
}

}  // namespace

TEST_CASE("sink: every measurement gets one ending", "[plugin]") {
  Folder folder;
  install(folder, "sdk_plugins", read_file(built("sdk_plugins.manifest.json")));
  Registry registry({folder.path()});
  auto sink = *Sink::make(registry, "test.picky", "{}", {}, {"sinks.test"});
  group::MemberBuffer one = measurements(1);
  group::MemberBuffer many = measurements(6);
  std::vector<group::Group> groups = {{one.members(), {}}, {many.members(), {}}};
  auto endings = sink->write(groups);
  REQUIRE(endings.has_value());
  REQUIRE((*endings)[0].size() == 1);
  CHECK((*endings)[0][0].kind == Ended::Written);
  const Sink::Endings& six = (*endings)[1];
  REQUIRE(six.size() == 6);
  CHECK(six[0].kind == Ended::Written);
  CHECK(six[1].error.reason() == "sink-said-nothing");
  CHECK(six[3].kind == Ended::Filtered);
  CHECK(six[3].reason == "every-third");
  CHECK(six[4].error.reason() == "picky/fifth");
  CHECK(six[4].error.message() == "v4");
}

TEST_CASE("sink: one that writes resources needs a store", "[plugin]") {
  Folder folder;
  auto mapping = folder.write("m.json", R"({"templateType":"CollectionFhir","template":[]})");
  Registry registry({std::filesystem::path(AORTA_BINARY_DIR) / "lib/aorta/plugins"});
  auto sink =
      Sink::make(registry, "fhir-observation", R"({"mapping":")" + mapping.string() + "\"}", {}, {"sinks.test"});
  REQUIRE(sink.has_error());
  CHECK(sink.error().reason() == "sink-has-no-store");
}
