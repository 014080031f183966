#include "core/plugin/templates.hpp"

#include <catch2/catch.hpp>

#include "tests/support/plugin_folder.hpp"

using namespace aorta;
using namespace aorta::test;

namespace {

struct Collector : mapping::MeasurementSink {
  void add(const mapping::MeasurementView& m) override { mapping::append_json(json, m, std::nullopt); }
  std::string json;
};

struct Home {
  Home() {
    install(folder, "sdk_plugins", read_file(built("sdk_plugins.manifest.json")));
    registry.emplace(std::vector{folder.path()});
    factory.emplace(*registry, plugin::Surroundings{"normalize"});
  }
  mapping::DeviceMapping load(const std::string& entry) {
    std::string text =
        R"({"templateType":"CollectionContent","template":[{"templateType":"test.vitals","template":)" + entry + "}]}";
    return mapping::load_device_mapping(text, *factory);
  }
  Folder folder;
  std::optional<plugin::Registry> registry;
  std::optional<plugin::PluginTemplateFactory> factory;
};

Result<std::string> normalize(const mapping::DeviceMapping& mapping, std::string_view body) {
  document::Document message;
  REQUIRE(message.read_envelope({body, {}, {}}).has_value());
  Collector out;
  AORTA_CHECK(mapping.normalize(message, out));
  return out.json;
}

}  // namespace

TEST_CASE("templates: a vendor's type is read by its schema and applied", "[plugin]") {
  Home home;
  mapping::DeviceMapping mapping = home.load(R"({"type":"heart"})");
  REQUIRE(mapping.problems.empty());
  auto made = normalize(mapping, R"({"dev":"d1","time":"2026-11-22T06:00:00Z","hr":71.50})");
  REQUIRE(made.has_value());
  CHECK(
      *made ==
      R"({"Type":"heart","OccurrenceTimeUtc":"2026-11-22T06:00:00Z","IngestionTimeUtc":null,"DeviceId":"d1","PatientId":null,)"
      R"("EncounterId":null,"CorrelationId":null,"Properties":[{"Name":"hr","Value":"71.5"}]})"
  );
}

TEST_CASE("templates: what a template throws names it", "[plugin]") {
  Home home;
  mapping::DeviceMapping mapping = home.load(R"({"type":"heart"})");
  auto failed = normalize(mapping, R"({"dev":"d1"})");
  REQUIRE(failed.has_error());
  CHECK(failed.error().reason() == "no-time");
}

TEST_CASE("templates: problems of an entry carry their place", "[plugin]") {
  Home home;
  mapping::DeviceMapping mapping = home.load("\n{\n \"value\": 5,\n \"other\": 1}");
  REQUIRE(mapping.problems.size() == 3);
  CHECK(mapping.problems[0].message == "\"type\" is missing");
  CHECK(mapping.problems[0].position == Position{2, 1});
  CHECK(mapping.problems[1].message == "\"value\" must be text");
  CHECK(mapping.problems[1].position == Position{3, 9});
  CHECK(mapping.problems[2].position == Position{4, 9});
  CHECK(mapping.templates.empty());
}
