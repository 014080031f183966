#include "core/mapping/near_miss_text.hpp"

#include <catch2/catch.hpp>

#include "core/document/document.hpp"
#include "core/expr/expression.hpp"

using namespace aorta;
using expr::Language;

namespace {

std::string told(Language language, std::string_view expression, std::string_view body) {
  document::Document message;
  REQUIRE(message.read_envelope({body, {}, {}}).has_value());
  auto compiled = expr::Expression::compile(language, expression);
  REQUIRE(compiled.has_value());
  auto miss = compiled->explain(message.root(), message.arena());
  return miss ? mapping::near_miss_text(*miss, message.root()) : "(holds)";
}

struct Case {
  Language language;
  std::string_view expression, body, text;
};

}  // namespace

TEST_CASE("near miss: a sentence that says what broke the expression, where, and what is there instead", "[mapping]") {
  constexpr Language kPath = Language::JsonPath;
  constexpr Language kJmes = Language::JmesPath;
  const Case cases[] = {
      {kPath, "$.Body.hr", R"({"hr":1})", "(holds)"},
      {kPath, "$.Body.hr", R"({"HR":1})", R"($.Body has no "hr"; "HR" differs only in case)"},
      {kPath, "$.Body.hr", R"({"a":{"hr":1}})", R"($.Body has no "hr"; it is at $.Body.a.hr)"},
      {kPath, "$.Body.hr", R"({"a":{"Hr":1}})", R"($.Body has no "hr"; "Hr" differs only in case (at $.Body.a))"},
      {kPath, "$.Body.heart", R"({"hear":1,"x":2})", R"($.Body has no "heart"; it has: hear, x; did you mean "hear"?)"},
      {kPath, "$..heart", R"({"x":1})", R"(nothing has "heart"; $.Body has: x)"},
      {kPath, "$..heart", R"({"x":1,"l":[{"a":1,"b":2,"hart":3},{"a":1}]})",
       R"(nothing has "heart"; $.Body.l[0] has: a, b, hart; did you mean "hart"?)"},
      {kPath, "$.Body.a.b", R"({"a":5})", R"($.Body.a is an Integer, so that .b gives nothing)"},
      {kPath, "$.Body.l[2]", R"({"l":[1]})", "[2] gives nothing: $.Body.l is an Array of 1"},
      {kPath, "$.Body.l[0]", R"({"l":{}})", "$.Body.l is no Array but an Object; [0] gives nothing there"},
      {kPath, "$.Body.l[?(@.k == 'hr')]", R"({"l":[{"k":"HR"}]})",
       R"(@.k == 'hr' is false at $.Body.l[0]: "HR" and "hr", which differ only in case)"},
      {kPath, "$.Body.l[?(@.k == '5')]", R"({"l":[{"k":5}]})",
       R"(@.k == '5' is false at $.Body.l[0]: 5 and "5" (Integer and String))"},
      {kPath, "$.Body[?(@.hr)]", R"({"hr":1})",
       "[?(@.hr)] tests the members of $.Body, not $.Body itself, which would match; write ..[?(@.hr)]"},
      {kJmes, "Body.hr", R"({"HR":1})", R"($.Body has no "hr"; "HR" differs only in case)"},
      {kJmes, "Body.l[?k=='hr'] | [0]", R"({"l":[{"k":"bp"}]})", R"(k == 'hr' is false at $.Body.l[0]: "bp" and "hr")"},
  };
  for (const Case& one : cases) {
    INFO(one.expression << " on " << one.body);
    CHECK(told(one.language, one.expression, one.body) == one.text);
  }
}

TEST_CASE("near miss: what is long is cut, up to a whole character", "[mapping]") {
  CHECK(mapping::shortened("short") == "short");
  CHECK(mapping::shortened(std::string(61, 'x')) == std::string(60, 'x') + "…");
  CHECK(mapping::shortened(std::string(59, 'x') + "éé") == std::string(59, 'x') + "…");
  document::Document document;
  std::string object = "{";
  for (int i = 0; i < 20; ++i) object += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":1";
  object += "}";
  REQUIRE(document.read_value(object).has_value());
  CHECK(mapping::member_names(document.root()) == "k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10, k11, … (20 in all)");
}
