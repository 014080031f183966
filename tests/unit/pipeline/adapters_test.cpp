#include "core/pipeline/adapters.hpp"

#include <catch2/catch.hpp>

#include "core/fhir/memory_store.hpp"
#include "core/group/open_groups.hpp"
#include "tests/support/plugin_folder.hpp"

using namespace aorta;
using namespace aorta::pipeline;
using Ended = fhir::Ending::Kind;

namespace {

group::GroupList groups_of(std::initializer_list<const char*> devices) {
  std::vector<mapping::Measurement> readings;
  for (const char* device : devices) {
    mapping::Measurement& m = readings.emplace_back();
    m.type = "hr";
    m.device = device;
  }
  return group::make_groups(readings);
}

}  // namespace

TEST_CASE("plugin sink: groups that a plugin refuses fail alone", "[plugin]") {
  test::Folder folder;
  test::install(folder, "sdk_plugins", test::read_file(test::built("sdk_plugins.manifest.json")));
  plugin::Registry registry({folder.path()});
  fhir::MemoryStore store;
  auto made = plugin::Sink::make(registry, "test.choosy", "{}", {}, {"sinks.test"});
  REQUIRE(made.has_value());
  PluginSink sink("test", std::move(*made), &store);
  group::GroupList groups = groups_of({"a", "bad", "b", "c", "worse"});
  auto endings = sink.write(std::span<const group::Group>(groups));
  REQUIRE(endings.has_value());
  REQUIRE(endings->size() == 5);
  CHECK((*endings)[0][0].kind == Ended::Written);
  CHECK((*endings)[1][0].kind == Ended::Failed);
  CHECK((*endings)[1][0].error.reason() == "choosy/bad-device");
  CHECK((*endings)[2][0].kind == Ended::Written);
  CHECK((*endings)[3][0].kind == Ended::Written);
  CHECK((*endings)[4][0].error.reason() == "plugin-threw");
}
