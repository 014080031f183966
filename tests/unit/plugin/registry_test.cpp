#include "core/plugin/registry.hpp"

#include <catch2/catch.hpp>

#include "core/plugin/module.hpp"
#include "tests/support/plugin_folder.hpp"

using namespace aorta;
using namespace aorta::test;
using plugin::Kind;
using plugin::Registry;

namespace {

std::string refusal(const Registry& registry) {
  return registry.refused().empty() ? "" : std::string(registry.refused().front().why.message());
}

std::string load_error(Registry& registry, std::string_view id) {
  auto loaded = registry.load(**registry.need(Kind::Source, id));
  return loaded.has_error() ? std::string(loaded.error().message()) : "";
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("registry: lists plugins from manifests", "[plugin]") {
  Folder folder;
  auto library = install(folder, "counter", kCounterManifest);
  Registry registry({folder.path()});
  REQUIRE(registry.plugins().size() == 1);
  CHECK(registry.refused().empty());
  const plugin::PluginInfo& counter = registry.plugins()[0];
  CHECK(counter.id == "test.counter");
  CHECK(counter.kind == Kind::Source);
  CHECK(counter.summary == "Counts to five");
  CHECK(counter.config_schema == R"({"type":"object","properties":{},"required":[],"additionalProperties":false})");
  CHECK(counter.module->version == "1.0.0");
  CHECK(counter.module->library == library);
}

TEST_CASE("registry: a plugin in plain C is loaded", "[plugin]") {
  Folder folder;
  install(folder, "counter", kCounterManifest);
  Registry registry({folder.path()});
  CHECK(load_error(registry, "test.counter") == "");
}

TEST_CASE("registry: refuses what is not a library", "[plugin]") {
  Folder folder;
  folder.write("text.so", "no library at all");
  Registry registry({folder.path()});
  CHECK(contains(refusal(registry), "text.so: is no shared library"));
}

TEST_CASE("registry: refuses a library that others may write to", "[plugin]") {
  Folder folder;
  auto library = install(folder, "counter", kCounterManifest);
  std::filesystem::permissions(library, std::filesystem::perms::others_write, std::filesystem::perm_options::add);
  Registry registry({folder.path()});
  CHECK(registry.plugins().empty());
  CHECK(contains(refusal(registry), "counter.so: others may write to it; run: chmod go-w"));
}

TEST_CASE("registry: refuses a library without manifest", "[plugin]") {
  Folder folder;
  auto library = install(folder, "counter", kCounterManifest);
  std::filesystem::remove(folder.path() / "counter.manifest.json");
  Registry registry({folder.path()});
  CHECK(contains(refusal(registry), "there is no counter.manifest.json beside it"));
}

TEST_CASE("registry: refuses a manifest that is none", "[plugin]") {
  Folder folder;
  install(folder, "counter", "{");
  CHECK(contains(refusal(Registry({folder.path()})), "counter.so: the manifest is no JSON"));
  install(folder, "counter", R"({"manifest":2})");
  CHECK(contains(refusal(Registry({folder.path()})), "has format 2; this host reads format 1"));
  install(folder, "counter", R"({"manifest":1,"name":"x"})");
  CHECK(contains(refusal(Registry({folder.path()})), "has no \"version\""));
}

TEST_CASE("registry: refuses a library without the symbol", "[plugin]") {
  Folder folder;
  install(folder, "nothing", kCounterManifest);
  Registry registry({folder.path()});
  CHECK(contains(load_error(registry, "test.counter"), "nothing.so: exports no aorta_module_v1"));
}

TEST_CASE("registry: a library that took the place of one in use is loaded beside it", "[plugin]") {
  Folder folder;
  install(folder, "counter", kCounterManifest);
  Registry registry({folder.path()});
  auto old_one = registry.load(**registry.need(Kind::Source, "test.counter"));
  REQUIRE(old_one.has_value());
  std::filesystem::copy_file(built("counter.so"), folder.path() / "new");
  std::filesystem::permissions(folder.path() / "new", std::filesystem::perms::owner_all);
  std::filesystem::rename(folder.path() / "new", folder.path() / "counter.so");
  Registry again({folder.path()});
  CHECK_FALSE(again.plugins()[0].module->file == registry.plugins()[0].module->file);
  auto new_one = again.load(**again.need(Kind::Source, "test.counter"));
  REQUIRE(new_one.has_value());
  CHECK(&(*old_one)->api() != &(*new_one)->api());
  auto third = Registry({folder.path()}).load(again.plugins()[0]);
  CHECK(&(*third)->api() == &(*new_one)->api());
}

TEST_CASE("registry: a library that was written into while it is in use is refused", "[plugin]") {
  Folder folder;
  auto library = install(folder, "counter", kCounterManifest);
  {
    Registry registry({folder.path()});
    REQUIRE(load_error(registry, "test.counter") == "");
    std::ofstream(library, std::ios::binary | std::ios::app) << "more";
    Registry again({folder.path()});
    CHECK(contains(load_error(again, "test.counter"), "counter.so: was written into while it is in use"));
  }
  Registry alone({folder.path()});
  CHECK(load_error(alone, "test.counter") == "");
}

TEST_CASE("registry: refuses another major version of the ABI", "[plugin]") {
  Folder folder;
  install(folder, "counter_of_abi_2", kCounterManifest);
  Registry registry({folder.path()});
  CHECK(contains(load_error(registry, "test.counter"), "built for ABI 2.0, but this host has 1."));
}

TEST_CASE("registry: refuses a plugin that needs a newer minor version", "[plugin]") {
  Folder folder;
  install(folder, "counter_of_the_future", kCounterManifest);
  Registry registry({folder.path()});
  CHECK(contains(load_error(registry, "test.counter"), "needs ABI 1.999 or newer"));
}

TEST_CASE("registry: refuses a manifest that differs from the library's", "[plugin]") {
  Folder folder;
  install(folder, "counter", kCounterManifest + " ");
  Registry registry({folder.path()});
  CHECK(contains(load_error(registry, "test.counter"), "its manifest differs from the file beside it"));
}

TEST_CASE("registry: the first of two plugins with one id counts", "[plugin]") {
  Folder first, second;
  auto library = install(first, "counter", kCounterManifest);
  install(second, "counter", kCounterManifest);
  Registry registry({first.path(), second.path()});
  REQUIRE(registry.plugins().size() == 1);
  CHECK(registry.plugins()[0].module->library == library);
  CHECK(contains(refusal(registry), "source \"test.counter\" is already there, from " + library.string()));
}

TEST_CASE("registry: a folder named twice is read once", "[plugin]") {
  Folder folder;
  install(folder, "counter", kCounterManifest);
  Registry registry({folder.path(), folder.path() / "."});
  CHECK(registry.plugins().size() == 1);
  CHECK(registry.refused().empty());
}

TEST_CASE("registry: a missing folder is told", "[plugin]") {
  Folder folder;
  Registry registry({folder.path() / "missing"});
  CHECK(contains(refusal(registry), "missing: cannot be read as a folder"));
}

TEST_CASE("registry: a wrong id names the nearest", "[plugin]") {
  Folder folder;
  install(folder, "counter", kCounterManifest);
  Registry registry({folder.path()});
  auto wrong = registry.need(Kind::Source, "test.conter");
  REQUIRE(wrong.has_error());
  CHECK(wrong.error().reason() == "plugin-not-found");
  CHECK(contains(std::string(wrong.error().message()), "did you mean \"test.counter\"?"));
  CHECK(registry.find(Kind::Sink, "test.counter") == nullptr);
}

TEST_CASE("registry: template types are found by spelling, whatever the case", "[plugin]") {
  Folder folder;
  install(folder, "sdk_plugins", read_file(built("sdk_plugins.manifest.json")));
  Registry registry({folder.path()});
  REQUIRE(registry.find(Kind::Template, "TEST.Vitals_Template") != nullptr);
  CHECK(registry.find(Kind::Template, "TEST.Vitals_Template")->id == "test.vitals");
  CHECK(registry.find(Kind::Source, "TEST.SETTINGS") == nullptr);
}
