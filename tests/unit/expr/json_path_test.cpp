#include <catch2/catch.hpp>
#include <string>

#include "core/document/convert.hpp"
#include "core/document/document.hpp"
#include "core/expr/expression.hpp"

using namespace aorta;
using expr::Expression;
using expr::Language;
using expr::Tokens;

namespace {

std::string joined(const Tokens& tokens) {
  std::string out;
  for (const document::Node* node : tokens.nodes) {
    if (!out.empty()) out += ' ';
    document::append_json(out, *node);
  }
  return out;
}

struct Outcome {
  std::string found;   // what was found, as JSON, also before a failure
  std::string reason;  // of the failure
  std::string message;
};

Outcome select(std::string_view path, std::string_view data) {
  document::Document document;
  REQUIRE(document.read_value(data).has_value());
  Result<Expression> expression = Expression::compile(Language::JsonPath, path);
  if (expression.has_error())
    return {"", std::string(expression.error().reason()), std::string(expression.error().message())};
  Tokens tokens;
  Result<void> matched = expression->match(document.root(), document.arena(), tokens);
  if (matched.has_value()) return {joined(tokens), "", ""};
  return {joined(tokens), std::string(matched.error().reason()), std::string(matched.error().message())};
}

std::string found(std::string_view path, std::string_view data) {
  Outcome outcome = select(path, data);
  return outcome.reason.empty() ? outcome.found : "error: " + outcome.reason;
}

std::string compile_error(std::string_view path) {
  Result<Expression> expression = Expression::compile(Language::JsonPath, path);
  return expression.has_error() ? std::string(expression.error().message()) : "";
}

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("json path: names select members, of objects only", "[expr]") {
  CHECK(found("$.a.b", R"({"a":{"b":1}})") == "1");
  CHECK(found("a['b']", R"({"a":{"b":1}})") == "1");
  CHECK(found("$.a.b", R"({"a":[{"b":1}]})") == "");
  CHECK(found("$['a','x','b']", R"({"b":1,"a":2})") == "2 1");
  CHECK(found("$.*", R"({"b":1,"a":2})") == "1 2");
  CHECK(found("$.*", "[1]") == "");
}

TEST_CASE("json path: brackets select elements, of arrays only", "[expr]") {
  CHECK(found("$[1]", "[1,2]") == "2");
  CHECK(found("$[9]", "[1,2]") == "");
  CHECK(found("$[1,0,1]", "[1,2]") == "2 1 2");
  CHECK(found("$[*]", "[1,2]") == "1 2");
  CHECK(found("$[*]", R"({"a":1})") == "");
  CHECK(found("$[-1]", "[1,2]") == "error: expression-failed");
  CHECK(found("$[-1]", R"({"a":1})") == "");
}

TEST_CASE("json path: a slice of step 0 fails, even behind a name that is missing", "[expr]") {
  CHECK(found("$[::0]", "[1]") == "error: expression-failed");
  CHECK(found("$.missing[::0]", "{}") == "error: expression-failed");
  CHECK(found("$[?(@[::0])]", "[]") == "");
}

TEST_CASE("json path: a slice's step that leaves 32 bits wraps and fails, as in the reference", "[expr]") {
  Outcome outcome = select("$[1::2147483647]", "[1,2,3]");
  CHECK(outcome.found == "2");
  CHECK(outcome.reason == "expression-failed");
  CHECK(found("$[::-2147483648]", "[1,2,3]") == "3");
}

TEST_CASE("json path: a scan visits all descendants in document order", "[expr]") {
  CHECK(found("$..a", R"({"a":{"a":1},"b":[{"a":2}]})") == R"({"a":1} 1 2)");
  CHECK(found("$..*", R"({"a":[1]})") == R"({"a":[1]} [1] 1)");
  CHECK(found("$..['b','a','a']", R"({"a":1,"b":2})") == "1 1 2");
  CHECK(found("$..[0]", "[[1]]") == "[1]");
  CHECK(found("$..['']", R"({"":1})") == "1");
}

TEST_CASE("json path: a filter tests elements, or the members of an object", "[expr]") {
  CHECK(found("$[?(@.a)]", R"([{"a":null},{"b":1}])") == R"({"a":null})");
  CHECK(found("$[?(@.a)]", R"({"x":{"a":1}})") == "");
  CHECK(found("$[?(@ != 1)]", R"({"x":1})") == R"("x":1)");
  CHECK(found("$[?(true)][?(true)]", R"({"x":1})") == "1");
  CHECK(found("$..[?(@.a)]", R"({"a":{"a":1}})") == R"({"a":{"a":1}} {"a":1})");
  CHECK(found("$..[?(@ == 78)]", R"({"a":78,"b":[78]})") == "78 78");
  CHECK(found("$[?(@.v > $[0].v)]", R"([{"v":1},{"v":2}])") == R"({"v":2})");
  CHECK(found("$[?(@.a[?(@.b == 1)])]", R"([{"a":[{"b":1}]},{"a":[{"b":2}]}])") == R"({"a":[{"b":1}]})");
}

TEST_CASE("json path: conditions nest to the right at each change of operator", "[expr]") {
  std::string_view data = R"([{"a":1},{"b":1},{"a":1,"b":1},{"a":1,"c":1},{"c":1}])";
  CHECK(found("$[?(@.a && @.b || @.c)]", data) == R"({"a":1,"b":1} {"a":1,"c":1})");
  CHECK(found("$[?(@.a || @.b && @.c)]", data) == R"({"a":1} {"a":1,"b":1} {"a":1,"c":1})");
  CHECK(found("$[?(@.a &&|| @.b)]", data) == R"({"a":1} {"a":1,"b":1} {"a":1,"c":1})");
}

TEST_CASE("json path: && and || stop early, so that what follows can not fail", "[expr]") {
  CHECK(found("$[?(@.a == 'x' && @.b > 1)]", R"([{"a":"y","b":"text"}])") == "");
  CHECK(found("$[?(@.a == 'x' || @.b > 1)]", R"([{"a":"x","b":"text"}])") == R"({"a":"x","b":"text"})");
  CHECK(found("$[?(@.b > 1)]", R"([{"b":"text"}])") == "error: expression-failed");
}

TEST_CASE("json path: a comparison holds if any pair of results holds", "[expr]") {
  CHECK(found("$[?(@.v[*] == @.w[*])]", R"([{"v":[1,2],"w":[2,3]},{"v":[1],"w":[2]}])") == R"({"v":[1,2],"w":[2,3]})");
  CHECK(found("$[?(@.v[*] != 1)]", R"([{"v":[]},{"v":[1]},{"v":[1,2]}])") == R"({"v":[1,2]})");
  CHECK(found("$[?(@.x != 1)]", R"([{"y":1}])") == "");
}

TEST_CASE("json path: what was found before a failure is kept", "[expr]") {
  Outcome outcome = select("$[?(@.v > 1)]", R"([{"v":2},{"v":"text"},{"v":3}])");
  CHECK(outcome.found == R"({"v":2})");
  CHECK(outcome.reason == "expression-failed");
  CHECK(
      outcome.message ==
      "JSONPath `$[?(@.v > 1)]`, column 9: a text that is no number can not be compared with a number"
  );
}

TEST_CASE("json path: a failure does not tell what the message holds", "[expr]") {
  CHECK(select("$[?(@.v > 1)]", R"([{"v":"mrn-4711"}])").message.find("4711") == std::string::npos);
}

TEST_CASE("json path: existence asks for the first result only", "[expr]") {
  CHECK(found("$[?(@.v[0,-1])]", R"([{"v":[1]}])") == R"({"v":[1]})");
  CHECK(found("$[?(@.v[-1,0])]", R"([{"v":[1]}])") == "error: expression-failed");
}

TEST_CASE("json path: oddities of the reference's reader are kept", "[expr]") {
  CHECK(found(" Blah", R"({"Blah":1," Blah":2})") == "2");
  CHECK(found("$.a\t", R"({"a":1})") == "1");
  CHECK(found("$values", R"({"$values":1})") == "1");
  CHECK(found("$...a", R"({"b":{"a":1}})") == "1");
  CHECK(found("$(0)", "[1]") == "");
  CHECK(found("$.a(0)", R"({"a":[1]})") == "1");
  CHECK(found("$[0,*]", "[1,2]") == "1 2");
  CHECK(found("$['a',xb']", R"({"a":1,"b":2})") == "1 2");
  CHECK(found("$[?(@.a == 1 @.b)]", R"([{"a":1},{"b":2}])") == R"({"b":2})");
}

TEST_CASE("json path: an error of the text names expression, column and cause", "[expr]") {
  CHECK(compile_error("$.a[") == "JSONPath `$.a[`, column 5: a bracket is not closed");
  CHECK(compile_error("$.é[\"x\"]").find("column 5: between brackets only") != std::string::npos);
  CHECK(compile_error("$[?(@.a = 1)]").find("column 9: expected == ") != std::string::npos);
  CHECK(compile_error("  ").find("empty") != std::string::npos);
  CHECK(compile_error("$.a\xff").find("UTF-8") != std::string::npos);
}

TEST_CASE("json path: every prefix of an expression is answered", "[expr]") {
  std::string_view whole =
      R"($..a['b\'',"c'][0, 1](-1:2: 3)[?(@.a[?(@ == 1e2 )] <= 'x' && $..b =~ /^\/.*$/im || null !== @)].* )";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    Result<Expression> expression = Expression::compile(Language::JsonPath, whole.substr(0, size));
    if (expression.has_error()) CHECK(expression.error().reason() == "bad-json-path");
  }
  CHECK(compile_error(whole) == "");
}

TEST_CASE("json path: one token or none, several are an error", "[expr]") {
  document::Document document;
  REQUIRE(document.read_value(R"({"a":[1,"text"]})").has_value());
  Tokens scratch;
  auto one = [&](std::string_view path) {
    return Expression::compile(Language::JsonPath, path)->one(document.root(), document.arena(), scratch);
  };
  CHECK((*one("$.a[0]"))->integer == 1);
  CHECK(*one("$.b") == nullptr);
  CHECK(one("$.a[*]").error().reason() == "multiple-tokens");
}

TEST_CASE("json path: a view with a member attached is walked like any document", "[expr]") {
  document::Document document;
  REQUIRE(document.read_value(R"({"b":[{"v":1},{"v":2}]})").has_value());
  Arena& arena = document.arena();
  const document::Node* match = document::element(*document::member(document.root(), "b"), 1);
  const document::Node* view = document::with_member(arena, document.root(), "matchedToken", *match);
  auto on_view = [&](std::string_view path) {
    Tokens tokens;
    CHECK(Expression::compile(Language::JsonPath, path)->match(*view, arena, tokens).has_value());
    return joined(tokens);
  };
  CHECK(on_view("$.matchedToken.v") == "2");
  CHECK(on_view("$..v") == "1 2 2");
  CHECK(on_view("$..[?(@.v == 2)]") == R"({"v":2} {"v":2})");
  CHECK(on_view("$[?(@..v == 1)]") == R"("b":[{"v":1},{"v":2}])");
}

TEST_CASE("json path: conditions that stop early do not add up to depth", "[expr]") {
  document::Document document;
  std::string text = R"({"b":[)" + repeated(R"({"v":1},)", 2000) + "]}";
  REQUIRE(document.read_value(text).has_value());
  Arena& arena = document.arena();
  const document::Node* view = document::with_member(arena, document.root(), "matchedToken", document.root());
  Tokens tokens;
  Result<Expression> expression = Expression::compile(Language::JsonPath, "$.b[?($..v == 1 && @..v)]");
  CHECK(expression->match(*view, arena, tokens).has_value());
  CHECK(tokens.nodes.size() == 2000);
}

TEST_CASE("json path: a pattern that is not understood says what in it is not", "[expr]") {
  document::Document document;
  REQUIRE(document.read_value(R"([{"a":"aa"}])").has_value());
  Tokens tokens;
  Result<Expression> expression = Expression::compile(Language::JsonPath, R"($[?(@.a =~ /(a)\1/)])");
  Result<void> matched = expression->match(document.root(), document.arena(), tokens);
  REQUIRE(matched.has_error());
  CHECK(matched.error().message().find("backreferences are not supported") != std::string::npos);
}

TEST_CASE("json path: hostile expressions end with a named error", "[expr]") {
  std::string wide = "[" + repeated("[[[[1]]]],", 2000) + "1]";
  std::string deep = repeated("[", 60) + "1" + repeated("]", 60);
  CHECK(found("$" + repeated("..*", 40), deep) == "error: expression-too-costly");
  CHECK(found("$" + repeated("..*", 2000), wide) == "error: expression-too-costly");
  CHECK(found("$" + repeated("[?(@", 10'000) + repeated(")]", 10'000), "[1]") == "error: expression-too-costly");
  CHECK(found("$..[?(@..* == $..*..*)]", wide) == "error: expression-too-costly");
  CHECK(found("$" + repeated(".a", 100'000), R"({"a":1})") == "");
  std::string alternating = repeated("x", 50'000) + "!";
  CHECK(found("$[?(@ =~ /^(x+x+)+$/)]", "[\"" + alternating + "\"]") == "");
}

TEST_CASE("json path: a reused result list keeps its memory", "[expr]") {
  document::Document document;
  REQUIRE(document.read_value(R"({"a":[{"v":1},{"v":2}]})").has_value());
  Result<Expression> expression = Expression::compile(Language::JsonPath, "$.a[?(@.v == $.a[*].v)]");
  Tokens tokens;
  REQUIRE(expression->match(document.root(), document.arena(), tokens).has_value());
  const auto* data = tokens.nodes.data();
  std::size_t capacity = tokens.nodes.capacity();
  for (int i = 0; i < 100; ++i) {
    tokens.clear();
    REQUIRE(expression->match(document.root(), document.arena(), tokens).has_value());
  }
  CHECK(tokens.nodes.size() == 2);
  CHECK(tokens.nodes.data() == data);
  CHECK(tokens.nodes.capacity() == capacity);
}

TEST_CASE("json path: what a typed value stood in is not found", "[expr]") {
  document::Document document;
  REQUIRE(document
              .read_envelope(
                  {"{}", R"({"a":{"$type":"int","value":5},"b":{"$type":"Guid","value":"x"},"c":{"value":6}})", {}}
              )
              .has_value());
  for (auto [path, count] :
       {std::pair("$..value", 1), {"$..['$type']", 0}, {"$.Properties..*", 5}, {"$.Properties.b..*", 1}}) {
    CAPTURE(path);
    auto expression = Expression::compile(Language::JsonPath, path);
    Tokens tokens;
    REQUIRE(expression->match(document.root(), document.arena(), tokens).has_value());
    CHECK(tokens.nodes.size() == static_cast<std::size_t>(count));
  }
}
