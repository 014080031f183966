#include "core/mapping/trace.hpp"

#include <catch2/catch.hpp>

using namespace aorta;
using namespace aorta::mapping;
using Role = FieldTrace::Role;

namespace {

struct Message {
  explicit Message(std::string_view json) { REQUIRE(document.read_value(json).has_value()); }
  const document::Node& at(std::string_view name) const { return *document::member(document.root(), name); }
  document::Document document;
};

expr::Expression path(std::string_view text) { return *expr::Expression::compile(expr::Language::JsonPath, text); }

// As a template does it: evaluates, and the recorder is told.
void evaluate(TraceRecorder& recorder, Message& message, std::string_view text, bool many) {
  expr::Expression expression = path(text);
  expr::Tokens tokens;
  auto selected = expression.match(message.document.root(), message.document.arena(), tokens);
  std::optional<Error> failure;
  if (selected.has_error()) failure = selected.error();
  recorder.evaluated(
      expression, message.document.root(), message.document.arena(), tokens.nodes, failure ? &*failure : nullptr, many
  );
}

MeasurementView measurement(std::string_view device) { return {"hr", {}, device, {}, {}, {}, {}}; }

}  // namespace

TEST_CASE("trace: matches stand apart, fields belong to the measurement that follows", "[mapping]") {
  Message message(R"({"a":1,"b":"x"})");
  TraceRecorder recorder;
  recorder.reading(Role::Match, {}, true);
  evaluate(recorder, message, "$.*", true);
  recorder.reading(Role::Device, {}, true);
  evaluate(recorder, message, "$.a", false);
  recorder.reading(Role::Value, "v", false);
  evaluate(recorder, message, "$.b", false);
  recorder.added(measurement("1"));
  TemplateTrace trace = recorder.take(std::nullopt);
  CHECK(matched_tokens(trace) == std::vector{&message.at("a"), &message.at("b")});
  REQUIRE(trace.measurements.size() == 1);
  REQUIRE(trace.measurements[0].made);
  CHECK(trace.measurements[0].made->device == "1");
  REQUIRE(trace.measurements[0].fields.size() == 2);
  CHECK(trace.measurements[0].fields[1].name == "v");
  CHECK(trace.measurements[0].fields[1].evaluations[0].tokens[0].node == &message.at("b"));
}

TEST_CASE("trace: conversions stand with the token that was converted", "[mapping]") {
  Message message(R"({"a":1,"b":2})");
  TraceRecorder recorder;
  recorder.reading(Role::Value, "v", true);
  evaluate(recorder, message, "$.a", false);
  evaluate(recorder, message, "$.b", false);
  recorder.converted(message.at("b"), {Conversion::Into::Text, "2"});
  recorder.converted(message.document.root(), {Conversion::Into::NoText, {}});
  recorder.added(measurement("d"));
  TemplateTrace trace = recorder.take(std::nullopt);
  const FieldTrace& field = trace.measurements.at(0).fields.at(0);
  REQUIRE(field.evaluations.size() == 2);
  CHECK(field.evaluations[0].tokens[0].conversions.empty());
  REQUIRE(field.evaluations[1].tokens[0].conversions.size() == 1);
  CHECK(field.evaluations[1].tokens[0].conversions[0].text == "2");
}

TEST_CASE("trace: what selects nothing has a near miss, what fails has its failure", "[mapping]") {
  Message message(R"({"A":["x"]})");
  TraceRecorder recorder;
  recorder.reading(Role::Match, {}, true);
  evaluate(recorder, message, "$.a", true);
  recorder.reading(Role::Device, {}, true);
  evaluate(recorder, message, "$.A[-1]", false);
  TemplateTrace trace = recorder.take(Error("required-value-missing", "no device"));
  REQUIRE(trace.matches.size() == 1);
  REQUIRE(trace.matches[0].evaluations[0].miss);
  CHECK(trace.matches[0].evaluations[0].miss->name == "a");
  REQUIRE(trace.failure);
  CHECK(trace.failure->reason() == "required-value-missing");
  REQUIRE(trace.measurements.size() == 1);
  CHECK_FALSE(trace.measurements[0].made);
  CHECK(trace.measurements[0].fields[0].evaluations[0].failure);
  CHECK_FALSE(trace.measurements[0].fields[0].evaluations[0].miss);
}

TEST_CASE("trace: a template that does not say what it reads has a field for each evaluation", "[mapping]") {
  Message message(R"({"a":1,"b":2})");
  TraceRecorder recorder;
  evaluate(recorder, message, "$.a", true);
  evaluate(recorder, message, "$.a", false);
  evaluate(recorder, message, "$.b", false);
  recorder.added(measurement("d"));
  TemplateTrace trace = recorder.take(std::nullopt);
  CHECK(trace.matches.size() == 1);
  REQUIRE(trace.measurements.at(0).fields.size() == 2);
  CHECK(trace.measurements[0].fields[0].role == Role::Unknown);
}

TEST_CASE("trace: what was taken is forgotten", "[mapping]") {
  Message message(R"({"a":1})");
  TraceRecorder recorder;
  evaluate(recorder, message, "$.a", true);
  static_cast<void>(recorder.take(std::nullopt));
  TemplateTrace trace = recorder.take(std::nullopt);
  CHECK(trace.matches.empty());
  CHECK(trace.measurements.empty());
  CHECK_FALSE(trace.failure);
}
