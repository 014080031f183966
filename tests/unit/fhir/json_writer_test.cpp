#include "core/fhir/json_writer.hpp"

#include <catch2/catch.hpp>

#include "core/document/document.hpp"

using aorta::fhir::JsonWriter;

TEST_CASE("json writer: lists and objects without members vanish, empty texts stay", "[fhir][unit]") {
  std::string json;
  JsonWriter out(json);
  out.begin_object();
  out.begin_list("gone");
  out.begin_object();
  out.end_object();
  out.end_list();
  out.text("text", "");
  out.optional_text("absent", std::nullopt);
  out.begin_object("inner");
  out.raw("value", "72.50");
  out.end_object();
  out.end_object();
  CHECK(json == R"({"text":"","inner":{"value":72.50}})");
}

TEST_CASE("json writer: copies keep digits and drop nothings", "[fhir][unit]") {
  aorta::document::Document source;
  REQUIRE(
      source.read_value(R"({"a":1.10,"b":null,"c":[],"d":[{"e":"x\"y"},{}],"f":true})", {.dates = false}).has_value()
  );
  std::string json;
  JsonWriter(json).copy({}, source.root());
  CHECK(json == R"({"a":1.10,"d":[{"e":"x\"y"}],"f":true})");
}
