// The index over templates against the engine without it, on what the conformance cases bring: it must change nothing.
#include "core/mapping/template_index.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "core/document/convert.hpp"
#include "core/plugin/templates.hpp"
#include "tests/support/plugin_folder.hpp"

using namespace aorta;
using namespace aorta::test;

namespace {

struct Cases {
  std::vector<std::string> templates;  // single entries of a mapping's collection
  std::vector<std::string> bodies;
};

// Each entry that loads by itself.
void add_templates(std::string_view mapping, mapping::TemplateFactory& factory, std::vector<std::string>& out) {
  document::Document file;
  if (file.read_value(mapping, {.dates = false}).has_error()) return;
  const document::Node* entries = document::member(file.root(), "template");
  if (!entries || entries->kind != document::Kind::Array) return;
  for (document::Child entry : document::Children(*entries)) {
    std::string text;
    document::append_json(text, *entry.node);
    std::string alone = R"({"templateType":"CollectionContent","template":[)" + text + "]}";
    if (mapping::load_device_mapping(alone, factory).problems.empty()) out.push_back(text);
  }
}

void add_cases(const std::string& name, mapping::TemplateFactory& factory, Cases& out) {
  std::ifstream in(std::filesystem::path(AORTA_SOURCE_DIR) / "tests/conformance/normalize" / name);
  for (std::string line; std::getline(in, line);) {
    document::Document request;
    REQUIRE(request.read_value(line, {.dates = false}).has_value());
    const document::Node* mapping = document::member(request.root(), "deviceMapping");
    const document::Node* message = document::member(request.root(), "message");
    const document::Node* body = message ? document::member(*message, "body") : nullptr;
    if (mapping) add_templates(mapping->text(), factory, out.templates);
    if (body) out.bodies.emplace_back(body->text());
  }
}

struct Outcome : mapping::MeasurementSink {
  void add(const mapping::MeasurementView& m) override { mapping::append_json(text, m, std::nullopt); }
  std::string text;
};

std::string outcome(const mapping::DeviceMapping& mapping, const std::string& body) {
  document::Document message;
  if (message.read_envelope({body, {}, {}}).has_error()) return "unreadable";
  Outcome out;
  auto done = mapping.normalize(message, out);
  return out.text + (done.has_error() ? std::string(done.error().message()) : std::string());
}

}  // namespace

TEST_CASE("template index: nothing that it passes over would have matched or failed", "[plugin]") {
  plugin::Registry registry({std::filesystem::path(AORTA_BINARY_DIR) / "lib/aorta/plugins"});
  plugin::PluginTemplateFactory factory(registry, plugin::Surroundings{"normalize"});
  Cases cases;
  add_cases("own.jsonl", factory, cases);
  add_cases("generated.jsonl", factory, cases);
  REQUIRE(cases.templates.size() > 1000);
  REQUIRE(cases.bodies.size() > 1000);

  constexpr int kMappings = 150;
  constexpr std::size_t kTemplates = 25;
  constexpr int kBodies = 60;
  std::mt19937 random(7);
  auto pick = [&](const std::vector<std::string>& from) -> const std::string& { return from[random() % from.size()]; };
  int measured = 0;
  for (int i = 0; i < kMappings; ++i) {
    std::string text;
    for (std::size_t k = 0; k < kTemplates; ++k) text += (k ? "," : "") + pick(cases.templates);
    text = R"({"templateType":"CollectionContent","template":[)" + text + "]}";
    mapping::DeviceMapping indexed = mapping::load_device_mapping(text, factory);
    mapping::DeviceMapping plain = mapping::load_device_mapping(text, factory);
    REQUIRE(indexed.templates.size() == kTemplates);
    CHECK(indexed.index.is_worthwhile());
    plain.index = mapping::TemplateIndex();
    for (int k = 0; k < kBodies; ++k) {
      const std::string& body = pick(cases.bodies);
      std::string expected = outcome(plain, body);
      measured += expected.starts_with('{') ? 1 : 0;
      if (outcome(indexed, body) != expected) FAIL_CHECK(text + "\non " + body);
    }
  }
  CHECK(measured > 100);
}
