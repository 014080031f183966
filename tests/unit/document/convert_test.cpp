#include "core/document/convert.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/document/read.hpp"

using namespace aorta;
using namespace aorta::document;

namespace {

// The text of a value, "(absent)" or "(none)".
std::string text(std::string_view value) {
  Document document;
  REQUIRE(document.read_value(value).has_value());
  TextResult result = to_text(document.root(), document.arena());
  if (result.state == TextResult::State::Text) return std::string(result.text);
  return result.state == TextResult::State::Absent ? "(absent)" : "(none)";
}

std::string time(std::string_view value) {
  Document document;
  REQUIRE(document.read_value(value).has_value());
  std::optional<DateTime> found = to_time(document.root());
  return found ? iso_text(*found) : "";
}

}  // namespace

TEST_CASE("text of a value: invariant, whatever its spelling", "[document]") {
  CHECK(text("\" a \"") == " a ");
  CHECK(text("72") == "72");
  CHECK(text("0") == "0");
  CHECK(text("-0") == "0");
  CHECK(text("-7") == "-7");
  CHECK(text("-007") == "-7");
  CHECK(text("010") == "8");
  CHECK(text("0x1F") == "31");
  CHECK(text("72.50") == "72.5");
  CHECK(text("1e2") == "100");
  CHECK(text("-0.0") == "-0");
  CHECK(text("1e400") == "Infinity");
  CHECK(text("NaN") == "NaN");
  CHECK(text("true") == "True");
  CHECK(text("false") == "False");
  CHECK(text("\"2024-03-05T08:15:30.875+02:00\"") == "03/05/2024 06:15:30");
  CHECK(text("null") == "(absent)");
  CHECK(text("undefined") == "(absent)");
  for (std::string_view none : {"12345678901234567890", "[1]", "{}", "new Date(1)"}) CHECK(text(none) == "(none)");
}

TEST_CASE("time of a value: a date as it is, a text by the grammar, nothing else", "[document]") {
  CHECK(time("\"2024-03-05T08:15:30Z\"") == "2024-03-05T08:15:30Z");
  CHECK(time("\"2024-03-05 08:15:30Z\"") == "2024-03-05T08:15:30+00:00");
  for (std::string_view none : {"1709626530", "1.5", "true", "null", "{}", "[]", "\"x\""}) CHECK(time(none).empty());
}

TEST_CASE("JSON: strings escape what the reference escapes", "[document]") {
  std::string out;
  append_json_string(out, std::string_view("\"\\/\b\t\n\f\r\x01\x7F\0é\u0085\u2028\u2029<'", 23));
  CHECK(out == "\"\\\"\\\\/\\b\\t\\n\\f\\r\\u0001\x7F\\u0000é\\u0085\\u2028\\u2029<'\"");
}

TEST_CASE("JSON: constructors, properties and dates", "[document]") {
  CHECK(
      read("[new Date(1),\"2024-03-05T08:15:30.500Z\",\"2024-03-05T08:15:30\"]") ==
      "[new Date(1),\"2024-03-05T08:15:30.5Z\",\"2024-03-05T08:15:30\"]"
  );
  CHECK(read("[1.0,1e20,-0,0x10]") == "[1.0,1E+20,0,16]");
}
