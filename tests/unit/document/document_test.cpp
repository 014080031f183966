#include "core/document/document.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/document/read.hpp"

using namespace aorta;
using namespace aorta::document;

namespace {

std::string envelope(const Envelope& parts) {
  Document document;
  auto done = document.read_envelope(parts);
  return done.has_error() ? "!" + std::string(done.error().reason()) : json(document.root());
}

std::string body(std::string_view text) {
  std::string all = envelope({text, {}, {}});
  constexpr std::string_view kStart = "{\"Body\":";
  constexpr std::string_view kEnd = ",\"Properties\":{},\"SystemProperties\":{}}";
  return all.starts_with(kStart) ? all.substr(kStart.size(), all.size() - kStart.size() - kEnd.size()) : all;
}

}  // namespace

TEST_CASE("envelope: three members in this order, absent properties as {}", "[document]") {
  CHECK(
      envelope({"{\"a\":1}", "{\"p\":\"x\"}", "{\"s\":2}"}) ==
      "{\"Body\":{\"a\":1},\"Properties\":{\"p\":\"x\"},\"SystemProperties\":{\"s\":2}}"
  );
  CHECK(envelope({"5", {}, {}}) == "{\"Body\":5,\"Properties\":{},\"SystemProperties\":{}}");
  CHECK(body("") == "null");
}

TEST_CASE("envelope: dates are found in the body only", "[document]") {
  Document document;
  REQUIRE(document.read_envelope({"\"2024-03-05T08:15:30Z\"", "{\"t\":\"2024-03-05T08:15:30Z\"}", {}}).has_value());
  CHECK(member(document.root(), "Body")->kind == Kind::Date);
  CHECK(member(*member(document.root(), "Properties"), "t")->kind == Kind::String);
}

TEST_CASE("envelope: only the first value of the body counts", "[document]") {
  Document document;
  REQUIRE(document.read_envelope({"{\"a\":1}{\"b\":2}", {}, {}}).has_value());
  CHECK(document.trailing_text());
  CHECK(json(*member(document.root(), "Body")) == "{\"a\":1}");
  REQUIRE(document.read_envelope({"[1] \n// nothing\n", {}, {}}).has_value());
  CHECK_FALSE(document.trailing_text());
  CHECK(body("[1] trailing") == "[1]");
  CHECK(body("[1]/") == "[1]");
  CHECK(body(",x") == "undefined");
}

TEST_CASE("envelope: bodies that are none", "[document]") {
  const char* text = GENERATE(" ", "// c", "hello", "<xml/>", "{\"hr\":72", "\x1f\x8b\x08");
  CAPTURE(text);
  CHECK(body(text) == "!not-json");
}

TEST_CASE("envelope: bytes of the body may be faulty or UTF-16", "[document]") {
  using namespace std::string_view_literals;
  CHECK(body("{\"dev\":\"d\xFF\"}") == "{\"dev\":\"d\uFFFD\"}");
  CHECK(body("\xEF\xBB\xBF[1]") == "[1]");
  CHECK(body("\xFF\xFE[\0\xE9\0]\0"sv) == "!not-json");
  CHECK(body("\xFF\xFE\"\0\xE9\0\"\0"sv) == "\"é\"");
}

TEST_CASE("envelope: faulty properties are told by name", "[document]") {
  Document document;
  auto done = document.read_envelope({"1", "{\"a\":", {}});
  REQUIRE(done.has_error());
  CHECK(std::string(done.error().message()).starts_with("Properties: "));
}

TEST_CASE("values: text behind the root is an error where all of it must count", "[document]") {
  CHECK(read("{} x") == "!not-json");
  CHECK(read("{}{}") == "!not-json");
  CHECK(read("{} x", {.whole = false}) == "{}");
  CHECK(read("") == "!not-json");
  CHECK(read("null") == "null");
}

TEST_CASE("a document can be read again and again", "[document]") {
  Document document;
  for (int i = 0; i < 3; ++i) {
    REQUIRE(document.read_value("[\"a\\n\",{\"b\":[1,2,3]}]").has_value());
    CHECK(json(document.root()) == "[\"a\\n\",{\"b\":[1,2,3]}]");
    REQUIRE(document.read_value("1").has_value());
    CHECK(json(document.root()) == "1");
    CHECK(document.read_value("[1").has_error());
  }
}

TEST_CASE("texts without escapes point into the source", "[document]") {
  std::string text = "{\"name\":\"value\"}";
  Document document;
  REQUIRE(document.read_value(text).has_value());
  CHECK(member(document.root(), "name")->text_data == text.data() + 9);
}

TEST_CASE("document: a view of nothing is an empty text", "[document]") {
  document::Document document;
  Result<void> read = document.read_value(std::string_view());
  REQUIRE(read.has_error());
  CHECK(read.error().reason() == "not-json");
  // a byte-order mark alone, which decodes to nothing
  CHECK(document.read_envelope({.body = "\xFF\xFE", .properties = {}, .system_properties = {}}).has_error());
}
