#include "core/document/typed_values.hpp"

#include <catch2/catch.hpp>

#include "core/document/convert.hpp"
#include "core/document/document.hpp"

using namespace aorta;
using namespace aorta::document;

namespace {

// The properties after reading, as JSON, and the kind of the member "a".
struct Typed {
  explicit Typed(std::string_view properties) {
    REQUIRE(document.read_envelope({"{}", properties, {}}).has_value());
    const Node* read = member(document.root(), "Properties");
    append_json(json, *read);
    if (const Node* a = member(*read, "a")) kind = a->kind;
  }
  Document document;
  std::string json;
  Kind kind = Kind::Null;
};

}  // namespace

TEST_CASE("typed values: a DateTime is a date, plain text is not", "[document]") {
  Typed date(R"_({"a":{"$type":"DateTime(Utc)","value":"2024-03-05T08:15:31.25Z"},"b":1})_");
  CHECK(date.kind == Kind::Date);
  CHECK(date.json == R"({"a":"2024-03-05T08:15:31.25Z","b":1})");
  CHECK(Typed(R"({"a":"2024-03-05T08:15:31Z"})").kind == Kind::String);
  CHECK(Typed(R"({"a":{"$type":"DateTime","value":"soon"}})").kind == Kind::String);
}

TEST_CASE("typed values: other types are their plain value, or without text", "[document]") {
  CHECK(Typed(R"({"a":{"$type":"int","value":5},"b":2})").json == R"({"a":5,"b":2})");
  CHECK(Typed(R"({"a":{"$type":"Guid","value":"x"}})").kind == Kind::Constructor);
}

TEST_CASE("typed values: an object that only looks alike stays", "[document]") {
  for (std::string_view same :
       {R"({"a":{"$type":"int","value":5,"c":1},"b":2})", R"({"a":{"value":5},"b":2})",
        R"({"a":{"$type":"int","value":{}},"b":2})", R"({"a":{"c":{"$type":"int","value":5}},"b":2})"}) {
    CHECK(Typed(same).json == same);
  }
}
