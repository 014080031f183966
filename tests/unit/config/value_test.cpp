#include "core/config/value.hpp"

#include <catch2/catch.hpp>

#include "core/config/yaml.hpp"

using namespace aorta;
using namespace aorta::config;

namespace {

Value read(const std::string& text) {
  Diagnostics problems;
  std::optional<Value> value = parse_yaml("f", text, problems);
  REQUIRE(problems.empty());
  return *value;
}

// The line and column in `text` where `part` begins, from 1.
Position where(const std::string& text, const std::string& part) {
  std::size_t at = text.find(part);
  REQUIRE(at != std::string::npos);
  std::size_t start = text.rfind('\n', at) + 1;
  return {
      static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n')) + 1,
      static_cast<int>(at - start) + 1};
}

}  // namespace

TEST_CASE("value: as JSON, in file order, numbers as spelled", "[config]") {
  CHECK(
      to_json(read("b: 1.50\na: [x, null, true, 'q\"\\']\nc: {}\n")) ==
      R"({"b":1.50,"a":["x",null,true,"q\"\\"],"c":{}})"
  );
  CHECK(to_json(read("|\n  two\n  lines\n")) == R"("two\u000alines\u000a")");
}

TEST_CASE("value: as JSON in place, a member stands where it stands in the file", "[config]") {
  std::string yaml =
      "normalize:\n  templates:\n    - templateType: JsonPathContent\n      template:\n        typeName: hr\n        "
      "values: [{ required: true }]\n";
  std::string json = to_json_in_place(*read(yaml).find("normalize")->find("templates"));
  CHECK(where(json, "\"typeName\"") == where(yaml, "typeName"));
  CHECK(where(json, "\"templateType\"").line == 3);
  CHECK(where(json, "true").line == 6);
  CHECK(to_json(read(json)) == to_json(*read(yaml).find("normalize")->find("templates")));
}
