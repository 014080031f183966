#include "core/plugin/verify/sample.hpp"

#include <catch2/catch.hpp>

using namespace aorta::plugin::verify;

namespace {

const std::string kSchema =
    R"({"type":"object","properties":{)"
    R"("path":{"type":"string","x-aorta-format":"path"},)"
    R"("every":{"type":"string","x-aorta-format":"duration","default":"5s","examples":["250ms","1m"]},)"
    R"("most":{"type":"string","x-aorta-format":"bytes"},)"
    R"("mode":{"type":"string","enum":["one","two"]},)"
    R"("key":{"type":"string","x-aorta-format":"secret"},)"
    R"("port":{"type":"integer","minimum":1024},)"
    R"("names":{"type":"array","items":{"type":"string"}},)"
    R"("flag":{"type":"boolean","default":false}},)"
    R"("required":["path","most","mode","key","port","names"],"additionalProperties":false})";

}  // namespace

TEST_CASE("verify sample: fits the schema, required members made up", "[plugin]") {
  auto made = sample_config(kSchema, "/tmp/sample");
  REQUIRE(made.has_value());
  CHECK(
      *made ==
      R"({"path":"/tmp/sample","every":5000,"most":1048576,"mode":"one","key":"sample","port":1024,"names":[],"flag":false})"
  );
}

TEST_CASE("verify sample: one configuration for each example", "[plugin]") {
  auto made = example_configs(kSchema, *sample_config(kSchema, "/tmp/sample"));
  REQUIRE(made.has_value());
  REQUIRE(made->size() == 2);
  CHECK((*made)[0].find(R"("every":250)") != std::string::npos);
  CHECK((*made)[1].find(R"("every":60000)") != std::string::npos);
}

TEST_CASE("verify sample: examples stand in a configuration that was given", "[plugin]") {
  const std::string schema = R"({"type":"object","required":["mapping"],"properties":{
    "mapping":{"type":"string","x-aorta-format":"mapping","x-aorta-content":{"type":"object","properties":{}}},
    "every":{"type":"string","x-aorta-format":"duration","examples":["2s"]},
    "key":{"type":"string","x-aorta-format":"secret","examples":["k"]}}})";
  CHECK(sample_config(schema, "/tmp/sample").has_error());
  auto made = example_configs(schema, R"({"mapping":{"rows":[]},"every":1})");
  REQUIRE(made.has_value());
  CHECK(
      *made ==
      std::vector<std::string>{
          R"({"mapping":{"rows":[]},"every":2000})", R"({"mapping":{"rows":[]},"every":1,"key":"k"})"}
  );
}

TEST_CASE("verify sample: a schema that is none is told", "[plugin]") {
  CHECK(sample_config("{", "").has_error());
  CHECK(sample_config(R"({"type":"object","surprise":1})", "").has_error());
}

TEST_CASE("verify sample: every member is changed in every way, one at a time", "[plugin]") {
  std::vector<Mutation> all = mutations(R"({"a":1,"b":"x"})");
  REQUIRE(all.size() == 4 + 2 * 11);
  CHECK(all[3].config == R"({"a":1,"b":"x","no member of it":1})");
  CHECK(all[4].what == "\"a\" as null");
  CHECK(all[4].config == R"({"a":null,"b":"x"})");
  CHECK(all.back().config == R"({"a":1,"b":{}})");
}

TEST_CASE("verify: what a given configuration leaves out has the schema's defaults", "[plugin]") {
  const std::string schema = R"({"type":"object","required":["host"],"properties":{
    "host":{"type":"string"},"every":{"type":"string","x-aorta-format":"duration","default":"5s"},
    "log":{"type":"string","x-aorta-format":"path","default":""},"extra":{"type":"integer"},
    "tls":{"type":"object","default":{},"properties":{"verify":{"type":"boolean","default":true},"ca":{"type":"string","default":"system"}}}}})";
  CHECK(
      with_defaults(schema, R"({"host":"h","tls":{"ca":"mine"}})") ==
      R"({"host":"h","tls":{"ca":"mine","verify":true},"every":5000,"log":""})"
  );
  CHECK(with_defaults(schema, "{}") == R"({"every":5000,"log":"","tls":{"verify":true,"ca":"system"}})");
  CHECK(with_defaults(schema, "[]") == "[]");
  const std::string mapping = R"({"type":"object","properties":{"mapping":{"type":"string","x-aorta-format":"mapping",
    "x-aorta-content":{"type":"object","properties":{"rows":{"type":"array","items":{"type":"object","properties":{
    "name":{"type":"string","default":"none"}}}}}}}}})";
  CHECK(
      with_defaults(mapping, R"({"mapping":{"rows":[{},{"name":"x"}]}})") ==
      R"({"mapping":{"rows":[{"name":"none"},{"name":"x"}]}})"
  );
}
