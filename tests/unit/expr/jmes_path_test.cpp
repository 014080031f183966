#include <catch2/catch.hpp>
#include <thread>

#include "core/document/document.hpp"
#include "core/expr/expression.hpp"
#include "tests/unit/expr/jmes_support.hpp"

namespace aorta::expr {
namespace {

constexpr auto kBad = "!bad-jmes-path";
constexpr auto kReadings =
    R"({"r":[{"t":"hr","v":72},{"t":"bp","v":[120,80]},{"t":"hr","v":null},{}],"h":{"a":{"v":1},"b":null},"n":null})";

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("jmes path: names, indexes and slices reach into the document", "[expr][unit]") {
  CHECK(search("r[0].v", kReadings) == "72");
  CHECK(search("r[-4].t", kReadings) == "\"hr\"");
  CHECK(search("r[4]", kReadings) == "null");
  CHECK(search("missing.deeper[0].still", kReadings) == "null");
  CHECK(search("\"a b\".\"\\u0063\"", R"({"a b":{"c":1}})") == "1");
  CHECK(search("true", R"({"true":1})") == "1");
  CHECK(search("@", "[1]") == "[1]");
  CHECK(search("l[1:3]", R"({"l":[0,1,2,3]})") == "*[1,2]");
  CHECK(search("l[::-2]", R"({"l":[0,1,2,3]})") == "*[3,1]");
  CHECK(search("l[:]", R"({"l":"abc"})") == "null");
}

TEST_CASE("jmes path: a slice that begins before the array keeps its stride", "[expr][unit]") {
  CHECK(search("l[-7::2]", R"({"l":[0,1,2,3]})") == "*[1,3]");
  CHECK(search("l[-2147483648::2147483647]", R"({"l":[0,1,2,3]})") == "*[3]");
  CHECK(search("l[9::-4]", R"({"l":[0,1,2,3]})") == "*[1]");
}

TEST_CASE("jmes path: numbers beyond 32 bits are 0", "[expr][unit]") {
  CHECK(search("l[99999999999]", R"({"l":[3,4]})") == "3");
  CHECK(search("l[0:99999999999]", R"({"l":[3,4]})") == "*[]");
  CHECK(search("l[::99999999999]") == kBad);
}

TEST_CASE("jmes path: projections drop what is missing and keep nulls of the data", "[expr][unit]") {
  CHECK(search("r[*].v", kReadings) == "*[72,[120,80],null]");
  CHECK(search("r[*].v[0]", kReadings) == "*[120]");
  CHECK(search("(r[*].v)[0]", kReadings) == "*[120]");
  CHECK(search("r[*].v | [0]", kReadings) == "72");
  CHECK(search("[*]", "[1,null,2]") == "*[1,2]");
  CHECK(search("[:]", "[1,null,2]") == "*[1,null,2]");
  CHECK(search("[]", "[1,[2,null,[3]],null]") == "*[1,2,[3]]");
  CHECK(search("[][]", "[1,[2,null,[3]],null]") == "*[1,2,3]");
  CHECK(search("h.*", kReadings) == "*[{\"v\":1},null]");
  CHECK(search("h.*.[v]", kReadings) == "*[[1],[null]]");
  CHECK(search("[*].to_number(@)", R"(["1","x"])") == "*[1]");
  CHECK(search("[*].*", R"([{"a":{"b":1}},2])") == "*[[{\"b\":1}]]");
  CHECK(search("a[*].b[*].c", R"({"a":[{"b":[{"c":1},{}]},{"b":[]}]})") == "*[[1],[]]");
  CHECK(search("[{x: missing}][*].x", kReadings) == "*[null]");
}

TEST_CASE("jmes path: the wrong type gives null, not an empty projection", "[expr][unit]") {
  for (const char* step : {"[0]", "[*]", "[]", "[?@]", "[:]", ".x", ".*"})
    CHECK(search(std::string("s") + step, R"({"s":"abc"})") == "null");
}

TEST_CASE("jmes path: filters keep what is true of each element", "[expr][unit]") {
  CHECK(search("r[?t=='hr' && v].v", kReadings) == "*[72]");
  CHECK(search("r[?!t]", kReadings) == "*[{}]");
  CHECK(search("[?@]", R"([0,false,"",[],{},null," "])") == "*[0,\" \"]");
  CHECK(search("h[?@]", kReadings) == "null");
}

TEST_CASE("jmes path: a list may follow only a bare leading projection without a dot", "[expr][unit]") {
  CHECK(search("[*][v]", R"([{"v":1}])") == "*[[1]]");
  CHECK(search("*[v]", R"({"a":{"v":1}})") == "*[[1]]");
  CHECK(search("r | [?t][t]", kReadings) == R"(*[["hr"],["bp"],["hr"]])");
  CHECK(search("([:])[v, v]", R"([{"v":1}])") == "*[[1,1]]");
  CHECK(search("r[*][v]", kReadings) == kBad);
  CHECK(search("[*][v][v]", kReadings) == kBad);
  CHECK(search("r[v]", kReadings) == kBad);
  CHECK(search("h.[*]", kReadings) == "[[{\"v\":1},null]]" + std::string());
}

TEST_CASE("jmes path: each comparison has its own level", "[expr][unit]") {
  constexpr auto kData = R"({"t":true,"f":false,"z":0,"l":[3]})";
  CHECK(search("t == z < `1`", kData) == "true");
  CHECK(search("z < `1` != f", kData) == "null");
  CHECK(search("z != `1` == t", kData) == "true");
  CHECK(search("!z == t", kData) == "false");
  CHECK(search("!l[0] == f", kData) == "true");
  CHECK(search("f && t || z", kData) == "0");
  CHECK(search("z || t && f", kData) == "0");
  CHECK(search("f || z | [@]", kData) == "[0]");
}

TEST_CASE("jmes path: equality knows types, order only numbers and texts", "[expr][unit]") {
  CHECK(search("`1` == `1.0`") == "false");
  CHECK(search("`0.1` == `0.1000000000000001`") == "true");
  CHECK(search("`{\"a\":1,\"b\":[2]}` == `{\"b\":[2],\"a\":1}`") == "true");
  CHECK(search("`[1,2]` == `[2,1]`") == "false");
  CHECK(search("`[1]` == `[1,2]`") == "false");
  CHECK(search("`{\"a\":1}` == `{\"b\":1}`") == "false");
  CHECK(search("missing == `null`") == "true");
  CHECK(search("`1` < `1.5`") == "true");
  CHECK(search("`1` < 'a'") == "null");
  CHECK(search("`null` < ''") == "true");
  CHECK(search("`null` >= `null`") == "true");
  CHECK(search("`[1]` < `[2]`") == "null");
  CHECK(search("`true` < `false`") == "null");
}

TEST_CASE("jmes path: texts are ordered by UTF-16 units", "[expr][unit]") {
  CHECK(search("'\xF0\x9F\x98\x80' < '\xEF\xBD\xA1'") == "true");  // U+1F600 begins with U+D83D, below U+FF61
  CHECK(search("'a' < 'B'") == "false");
}

TEST_CASE("jmes path: ISO texts are dates, in literals too", "[expr][unit]") {
  constexpr auto kData = R"({"t":"2024-03-05T08:15:30Z"})";
  CHECK(search("t == '2024-03-05T08:15:30Z'", kData) == "false");
  CHECK(search("t == `\"2024-03-05T08:15:30\"`", kData) == "true");
  CHECK(search("t > '03'", kData) == "true");
}

TEST_CASE("jmes path: a path ends at null, a pipe does not", "[expr][unit]") {
  CHECK(search("missing.length(@)") == "null");
  CHECK(search("missing | length(@)") == "!expression-failed");
  CHECK(search("missing.[x]") == "null");
  CHECK(search("missing | [x]") == "[null]");
}

TEST_CASE("jmes path: multi-selects keep the order of writing", "[expr][unit]") {
  CHECK(search("{b: a, \"k 1\": missing, a: b}", R"({"a":1,"b":2})") == R"({"b":1,"k 1":null,"a":2})");
  CHECK(search("{a: x, a: y}") == kBad);
  CHECK(search("[a, r[*]]", R"({"a":1,"r":[2]})") == "[1,[2]]");
}

TEST_CASE("jmes path: an empty projection is false and is returned as one", "[expr][unit]") {
  CHECK(search("r[?zz] || n", kReadings) == "null");
  CHECK(search("r[?zz] && h", kReadings) == "*[]");
  CHECK(search("r[?zz] == `[]`", kReadings) == "true");
  CHECK(search("!r[?zz]", kReadings) == "true");
}

TEST_CASE("jmes path: quotes and escapes", "[expr][unit]") {
  CHECK(search("'it\\'s'") == "\"it's\"");
  CHECK(search("'a\\\\b'") == R"("a\\\\b")");
  CHECK(search("'a\\'") == kBad);
  CHECK(search("`\"a\\`b\"`") == "\"a`b\"");
  CHECK(search("`1 2`") == kBad);
  CHECK(search("\"\\ud83d\\ude00\"", "{\"\xF0\x9F\x98\x80\":1}") == "1");
  CHECK(search("\"\\ude00\"") == kBad);
  CHECK(search("\"a\nb\"") == kBad);
  CHECK(search("\"\\x\"") == kBad);
  CHECK(search("\"open") == kBad);
}

TEST_CASE(
    "jmes path: an escaped backslash before an n is taken for a line break, as in the reference", "[expr][unit]"
) {
  CHECK(search(R"("a\\nb")", R"({"a\nb":1})") == "1");
}

TEST_CASE("jmes path: literals are strict JSON", "[expr][unit]") {
  for (const char* good : {"` 1 `", "`1.`", "`1.e5`", "`0.e1`", "`{\"a\":[{},[],true,null]}`", "`\"\"`", "`-0`"}) {
    CHECK(failure(good).empty());
  }
  for (const char* bad : {"``",       "`abc`", "`.5`",      "`01`",         "`0e1`", "`-`",     "`1e`",
                          "`[1,]`",   "`{,}`", "`{\"a\"}`", "`{\"a\":1,}`", "`'a'`", "`1/**/`", "`\"\\x\"`",
                          "`\"\t\"`", "`[1`",  "`]`",       "`[1}`",        "`NaN`", "`tru`",   "`\"\\u12g4\"`"}) {
    INFO(bad);
    CHECK(search(bad) == kBad);
  }
}

TEST_CASE("jmes path: what is no expression is refused", "[expr][unit]") {
  for (const char* bad :
       {"",         " ",        "$",     "$.a",       "a.",      ".a",       "a b",     "a[",       "a[]]",
        "a[+1]",    "a[ ]",     "[0,1]", "[1:2:3:4]", "{}",      "{a}",      "{a: b,}", "{'a': b}", "[a,]",
        "()",       "(a",       "a)",    "a &b",      "&a",      "a.@",      "a.'b'",   "a.`1`",    "a.(b)",
        "a.1",      "a.[0]",    "a | ",  "a ||",      "!",       "a == ",    "a = b",   "a -b",     "a \v",
        "\xC3\xA9", "\"f\"(a)", "f(a,)", "abs(a",     "foo.*.[", "a[0:1:0]", "@.@",     "a < > b",  "a\xFF"}) {
    INFO(bad);
    CHECK(search(bad) == kBad);
  }
}

TEST_CASE("jmes path: a failure names the expression, the column and the cause", "[expr][unit]") {
  CHECK(
      failure("'\xF0\x9F\x98\x80' == (a") ==
      "JMESPath `'\xF0\x9F\x98\x80' == (a`, column 11: expected ')', found the end"
  );
  CHECK(failure("a.abs(b, c)") == "JMESPath `a.abs(b, c)`, column 3: abs takes 1 argument, got 2");
  CHECK(failure("a | nope(b)") == "JMESPath `a | nope(b)`, column 5: there is no function called nope");
  CHECK(
      failure("a || abs(@)") == "JMESPath `a || abs(@)`, column 6: abs: argument 1 must be of type number, not object"
  );
}

TEST_CASE("jmes path: neither reading nor evaluating exhausts the stack", "[expr][unit]") {
  constexpr auto kCostly = "!expression-too-costly";
  constexpr int kMany = 200'000;
  CHECK(search(repeated("(", kMany)) == kCostly);
  CHECK(search(repeated("!", kMany) + "a") == kCostly);
  CHECK(search("a" + repeated("||a", kMany)) == kCostly);
  CHECK(search(repeated("[?", kMany)) == kCostly);
  CHECK(search("`" + repeated("[", kMany) + "`") == kBad);
  CHECK(search("a" + repeated(".a", kMany)) == "null");
  CHECK(search(repeated("!", 400) + "a") == "false");
}

TEST_CASE("jmes path: an expression that multiplies its work is stopped", "[expr][unit]") {
  std::string doubled = "`[1]`" + repeated(" | [@, @]", 60);
  CHECK(search(doubled + " | to_string(@)") == "!expression-too-costly");
  CHECK(search(doubled + " | @ == @") == "!expression-too-costly");
  CHECK(search(doubled + repeated(" | []", 60)) == "!expression-too-costly");
  CHECK(failure(doubled + " | length(@)").empty());
}

TEST_CASE("jmes path: names without which nothing is selected", "[expr][unit]") {
  auto required = [](std::string_view text) {
    auto plan = compile_jmes_path(text);
    REQUIRE(plan.has_value());
    std::string out;
    for (const std::string& name : (*plan)->required_names()) out += (out.empty() ? "" : " ") + name;
    return out;
  };
  CHECK(required("Body.hr") == "Body hr");
  CHECK(required("to_array(@)[?Body.hr && type == 'x']") == "Body hr type");
  CHECK(required("[@][?Body.hr || Body.pulse]") == "Body");
  CHECK(required("r[?v > `1`] | [0].t") == "r t v");
  CHECK(required("a[].b[].c") == "a b c");
  CHECK(required("a[*].b[*].c") == "a b");
  CHECK(required("a[*].b[?c]") == "a b");
  CHECK(required("a.[x]") == "a");
  CHECK(required("[a.x]").empty());
  CHECK(required("a || b").empty());
  CHECK(required("a && b") == "a");
  CHECK(required("a | @").empty());
  CHECK(required("a | length(@)").empty());
  CHECK(required("a.length(@).b") == "a");
  CHECK(required("length(a)").empty());
  CHECK(required("[?contains(a, 'x')]").empty());
  CHECK(required("[?a != `1`]").empty());
  CHECK(required("[?a < 'x']").empty());
  CHECK(required("[?a == `null`]").empty());
  CHECK(required("[?!a]").empty());
  CHECK(required("(a[*].b || c).d").empty());
}

TEST_CASE("jmes path: many threads may use one plan", "[expr][unit]") {
  auto plan = compile_jmes_path("sort_by(r[?v > `1`], &v)[0].v");
  REQUIRE(plan.has_value());
  auto evaluate = [&plan] {
    document::Document data;
    REQUIRE(data.read_value(R"({"r":[{"v":3},{"v":2},{"v":1}]})").has_value());
    for (int i = 0; i < 200; ++i) {
      Tokens tokens;
      REQUIRE((*plan)->select(data.root(), data.arena(), tokens).has_value());
      REQUIRE(tokens.nodes.front()->integer == 2);
    }
  };
  std::jthread other(evaluate);
  evaluate();
}

}  // namespace aorta::expr
