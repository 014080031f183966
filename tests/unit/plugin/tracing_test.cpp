#include "core/plugin/tracing.hpp"

#include <catch2/catch.hpp>

#include "core/plugin/templates.hpp"
#include "tests/support/plugin_folder.hpp"

using namespace aorta;
using namespace aorta::test;
using mapping::Conversion;
using mapping::FieldTrace;

namespace {

struct Nowhere : mapping::MeasurementSink {
  void add(const mapping::MeasurementView&) override { ++count; }
  int count = 0;
};

struct Traced {
  explicit Traced(const std::string& type, const std::string& body) {
    registry.emplace(std::vector<std::filesystem::path>{std::filesystem::path(AORTA_BINARY_DIR) / "lib/aorta/plugins"});
    plugin::Surroundings with{"normalize"};
    with.recorder = &recorder;
    factory.emplace(*registry, with);
    text = R"({"templateType":"CollectionContent","template":[{"templateType":")" + type + R"(","template":)" + body +
           "}]}";
    mapping = mapping::load_device_mapping(text, *factory);
    REQUIRE(mapping.templates.size() == 1);
  }
  mapping::TemplateTrace apply(std::string_view body) {
    REQUIRE(message.read_envelope({body, {}, {}}).has_value());
    auto applied = mapping.templates[0].made->apply(message, sink);
    return recorder.take(applied.has_error() ? std::optional<Error>(applied.error()) : std::nullopt);
  }
  mapping::TraceRecorder recorder;
  std::optional<plugin::Registry> registry;
  std::optional<plugin::PluginTemplateFactory> factory;
  std::string text;
  mapping::DeviceMapping mapping;
  document::Document message;
  Nowhere sink;
};

constexpr auto kTemplate =
    R"({"typeName":"hr","typeMatchExpression":"$..[?(@hr)]","deviceIdExpression":"$.d","timestampExpression":"$.t",)"
    R"("patientIdExpression":"$.p","values":[{"valueName":"hr","valueExpression":"$.hr","required":true}]})";

}  // namespace

TEST_CASE("tracing: what a template evaluates and converts is taken down, field by field", "[plugin]") {
  Traced traced("JsonPathContent", kTemplate);
  mapping::TemplateTrace trace = traced.apply(R"({"d":"d1","t":"2026-11-22T06:00:00Z","hr":71.50})");
  CHECK(traced.sink.count == 1);
  REQUIRE(trace.matches.size() == 1);
  CHECK(trace.matches[0].role == FieldTrace::Role::Match);
  REQUIRE(trace.measurements.size() == 1);
  REQUIRE(trace.measurements[0].made);
  const auto& fields = trace.measurements[0].fields;
  REQUIRE(fields.size() == 4);
  CHECK(fields[0].role == FieldTrace::Role::Device);
  CHECK(fields[1].evaluations[0].tokens[0].conversions[0].into == Conversion::Into::Time);
  CHECK(fields[1].evaluations[0].tokens[0].conversions[0].text == "2026-11-22T06:00:00Z");
  CHECK(fields[2].role == FieldTrace::Role::Patient);
  CHECK_FALSE(fields[2].required);
  CHECK(fields[2].evaluations[0].miss->name == "p");
  CHECK(fields[3].name == "hr");
  CHECK(fields[3].required);
  CHECK(fields[3].evaluations[0].tokens[0].conversions[0].text == "71.5");
}

TEST_CASE("tracing: a field that fails is the last of a measurement that is not made", "[plugin]") {
  Traced traced("JsonPathContent", kTemplate);
  mapping::TemplateTrace trace = traced.apply(R"({"d":"d1","t":"soon","hr":1})");
  CHECK(traced.sink.count == 0);
  REQUIRE(trace.failure);
  CHECK(trace.failure->reason() == "required-value-unusable");
  REQUIRE(trace.measurements.size() == 1);
  CHECK_FALSE(trace.measurements[0].made);
  const FieldTrace& last = trace.measurements[0].fields.back();
  CHECK(last.role == FieldTrace::Role::Time);
  CHECK(last.evaluations[0].tokens[0].conversions[0].into == Conversion::Into::NoTime);
}

TEST_CASE("tracing: an alternate expression is an evaluation of the same field", "[plugin]") {
  Traced traced("IotJsonPathContent", R"({"typeName":"hr","typeMatchExpression":"$..[?(@Body.hr)]","values":[]})");
  mapping::TemplateTrace trace = traced.apply(R"({"hr":1})");
  REQUIRE(trace.measurements.size() == 1);
  CHECK(trace.measurements[0].fields.size() == 1);
  CHECK(trace.measurements[0].fields[0].evaluations[0].miss);
}

TEST_CASE("tracing: without a recorder nothing changes", "[plugin]") {
  CHECK(plugin::traced_interface("no-such-interface/1") == nullptr);
}
