#include <catch2/catch.hpp>

#include "tests/unit/expr/jmes_support.hpp"

namespace aorta::expr {
namespace {

constexpr auto kFailed = "!expression-failed";
constexpr auto kBad = "!bad-jmes-path";

}  // namespace

TEST_CASE("jmes functions: names are exact, argument counts are checked when the mapping is read", "[expr][unit]") {
  CHECK(search("Abs(`1`)") == kBad);
  CHECK(search("insertstring('a','b',`0`)") == kBad);
  CHECK(search("items(@)") == kBad);
  CHECK(search("abs()") == kBad);
  CHECK(search("not_null()") == kBad);
  CHECK(search("abs(`1`,`2`)") == kBad);
  CHECK(search("abs (`-1`)") == "1");
  CHECK(search("abs(&a)") == kFailed);
  CHECK(search("sort_by(`[]`, a)") == kFailed);
  CHECK(search("to_string(&a)") == kFailed);
}

TEST_CASE("jmes functions: abs goes through 32 bits", "[expr][unit]") {
  CHECK(search("abs(`-2147483647`)") == "2147483647");
  CHECK(search("abs(`-2147483648`)") == kFailed);
  CHECK(search("abs(`2147483648`)") == kFailed);
  CHECK(search("abs(`-5.5`)") == "5.5");
  CHECK(search("abs('5')") == kFailed);
}

TEST_CASE("jmes functions: avg and sum compute in doubles", "[expr][unit]") {
  CHECK(search("avg(`[1,2]`)") == "1.5");
  CHECK(search("avg(`[2]`)") == "2.0");
  CHECK(search("avg(`[]`)") == "null");
  CHECK(search("avg(`[\"1\"]`)") == kFailed);
  CHECK(search("sum(`[]`)") == "0");
  CHECK(search("sum(`[1.5,1.5]`)") == "3");
  CHECK(search("sum(`[1,0.5]`)") == "1.5");
  CHECK(search("sum(`[9007199254740993]`)") == "9007199254740992");
  CHECK(search("sum(`[9223372036854775807,1]`)") == kFailed);
  CHECK(search("sum(`[99999999999999999999]`)") == kFailed);
  CHECK(search("sum(`[1e308,1e308]`)") == "\"Infinity\"");
}

TEST_CASE("jmes functions: ceil and floor give 64-bit integers", "[expr][unit]") {
  CHECK(search("ceil(`-0.5`)") == "0");
  CHECK(search("floor(`-1.2`)") == "-2");
  CHECK(search("floor(`9007199254740993`)") == "9007199254740992");
  CHECK(search("ceil(`1e30`)") == kFailed);
  CHECK(search("floor(`-9223372036854775808`)") == "-9223372036854775808");
}

TEST_CASE("jmes functions: contains looks into texts and arrays", "[expr][unit]") {
  CHECK(search("contains('a1b',`1.0`)") == "true");
  CHECK(search("contains('aTrueb',`true`)") == "true");
  CHECK(search("contains('a',`null`)") == kFailed);
  CHECK(search("contains('a',`[]`)") == kFailed);
  CHECK(search("contains(`[[1]]`,`[1]`)") == "true");
  CHECK(search("contains(`[null]`,missing)") == "true");
  CHECK(search("contains(`[2]`,`2.0`)") == "false");
  CHECK(search("contains(`\"2024-03-05T08:15:30Z\"`,'03')") == "false");
  CHECK(search("contains(`{}`,'a')") == kFailed);
}

TEST_CASE("jmes functions: starts_with and ends_with compare ordinally", "[expr][unit]") {
  CHECK(search("starts_with('abc','ab')") == "true");
  CHECK(search("starts_with('abc','B')") == "false");
  CHECK(search("ends_with('abc','')") == "true");
  CHECK(search("ends_with(`\"2024-03-05T08:15:30Z\"`,'30')") == "true");
  CHECK(search("starts_with('abc',missing)") == kFailed);
}

TEST_CASE("jmes functions: join takes texts and dates", "[expr][unit]") {
  CHECK(search("join('-',`[\"a\",\"b\"]`)") == "\"a-b\"");
  CHECK(search("join(',',`[\"2024-03-05T08:15:30Z\"]`)") == "\"03/05/2024 08:15:30\"");
  CHECK(search("join(',',`[]`)") == "\"\"");
  CHECK(search("join(',',`[null]`)") == kFailed);
  CHECK(search("join('',['a',`1`])") == kFailed);
}

TEST_CASE("jmes functions: lengths and positions count UTF-16 units", "[expr][unit]") {
  CHECK(search("length('\xF0\x9F\x98\x80')") == "2");
  CHECK(search("length(`\"2024-03-05T08:15:30Z\"`)") == "19");
  CHECK(search("length(`{\"a\":1}`)") == "1");
  CHECK(search("length(`1`)") == kFailed);
  CHECK(search("insertString('\xF0\x9F\x98\x80','x',`2`)") == "\"\xF0\x9F\x98\x80x\"");
  CHECK(search("length(insertString('\xF0\x9F\x98\x80','x',`1`))") == "3");
}

TEST_CASE("jmes functions: halves of a character that meet are one again", "[expr][unit]") {
  constexpr auto kHalves = R"({"high":"\ud83d","low":"\ude00"})";
  CHECK(search("join('',[high,low]) == '\xF0\x9F\x98\x80'", kHalves) == "true");
  CHECK(search("insertString(high,low,`1`) == '\xF0\x9F\x98\x80'", kHalves) == "true");
  CHECK(search("reverse(reverse('a\xF0\x9F\x98\x80')) == 'a\xF0\x9F\x98\x80'") == "true");
}

TEST_CASE("jmes functions: reverse", "[expr][unit]") {
  CHECK(search("reverse('abc')") == "\"cba\"");
  CHECK(search("reverse(`[1,[2]]`)") == "[[2],1]");
  CHECK(search("reverse(`\"2024-03-05T08:15:30Z\"`)") == "\"03:51:80 4202/50/30\"");
  CHECK(search("reverse(`{}`)") == kFailed);
}

TEST_CASE("jmes functions: keys, values and map keep the document's order", "[expr][unit]") {
  CHECK(search("keys(@)", R"({"b":1,"a":null})") == R"(["b","a"])");
  CHECK(search("values(@)", R"({"b":1,"a":null})") == "[1,null]");
  CHECK(search("map(&x,@)", R"([{},{"x":1}])") == "[null,1]");
  CHECK(search("map(&x[*],@)", R"([{"x":[1]}])") == "[[1]]");
  CHECK(search("map(&abs(@),@)", R"([1,"a"])") == kFailed);
}

TEST_CASE("jmes functions: max and min", "[expr][unit]") {
  CHECK(search("max(`[1,3,2]`)") == "3");
  CHECK(search("min(`[1,2.0]`)") == "1.0");
  CHECK(search("max(`[\"b\",\"B\"]`)") == "\"b\"");
  CHECK(search("max(`[\"2024-12-01T00:00:00Z\",\"2025-01-01T00:00:00Z\"]`)") == "\"12/01/2024 00:00:00\"");
  CHECK(search("max(`[]`)") == "null");
  CHECK(search("max(`[1,\"a\"]`)") == kFailed);
  CHECK(search("max(`[true]`)") == kFailed);
  CHECK(search("max(`[99999999999999999999]`)") == kFailed);
}

TEST_CASE("jmes functions: max_by and min_by take the later of equals and read numbers from texts", "[expr][unit]") {
  CHECK(search("max_by(@,&k).i", R"([{"k":1,"i":1},{"k":1,"i":2}])") == "2");
  CHECK(search("min_by(@,&k).i", R"([{"k":1,"i":1},{"k":"1.0","i":2},{"k":2}])") == "2");
  CHECK(search("max_by(@,&k)", R"([{"k":"1,000"},{"k":"9"}])") == R"({"k":"1,000"})");
  CHECK(search("max_by(@,&k)", "[{}]") == "{}");
  CHECK(search("max_by(@,&k)", "[{},{}]") == kFailed);
  CHECK(search("max_by(@,&k)", R"([{"k":"a"},{"k":1}])") == kFailed);
  CHECK(search("max_by(`[]`,&k)") == kFailed);
}

TEST_CASE("jmes functions: merge is deep and keeps members from nulls", "[expr][unit]") {
  CHECK(
      search("merge(`{\"a\":{\"x\":1},\"b\":[1]}`,`{\"a\":{\"y\":2},\"b\":[2],\"c\":null}`)") ==
      R"({"a":{"x":1,"y":2},"b":[1,2],"c":null})"
  );
  CHECK(search("merge(`{\"a\":{\"x\":1},\"b\":1}`,`{\"a\":5,\"b\":null}`)") == R"({"a":5,"b":1})");
  CHECK(search("merge(`{\"a\":1}`)") == R"({"a":1})");
  CHECK(search("merge(`{}`,`null`)") == kFailed);
}

TEST_CASE("jmes functions: not_null, to_array and type", "[expr][unit]") {
  CHECK(search("not_null(missing,`null`,`[]`,`1`)") == "[]");
  CHECK(search("not_null(missing)") == "null");
  CHECK(search("to_array(`null`)") == "[null]");
  CHECK(search("to_array(`[1]`)") == "[1]");
  CHECK(search("to_array(@)[?a]", R"({"a":1})") == R"(*[{"a":1}])");
  CHECK(
      search("[*].type(@)", R"([1,1.5,"a","2024-03-05T08:15:30Z",true,[],{}])") ==
      R"(*["number","number","string","string","boolean","array","object"])"
  );
  CHECK(search("type(@)", "undefined") == kFailed);
}

TEST_CASE("jmes functions: sort goes by the first item's kind", "[expr][unit]") {
  CHECK(search("sort(`[2,1.6,1.4]`)") == "[1.4,2,1.6]");
  CHECK(search("sort(`[1.5,1,3]`)") == "[1,1.5,3]");
  CHECK(search("sort(`[true,false]`)") == "[false,true]");
  CHECK(search("sort(`[\"b\",\"B\",\"a\"]`)") == R"(["B","a","b"])");
  CHECK(
      search("sort(`[\"2024-12-01T00:00:00Z\",\"2025-01-01T00:00:00Z\"]`)") ==
      R"(["2025-01-01T00:00:00Z","2024-12-01T00:00:00Z"])"
  );
  CHECK(search("sort(`[1,3000000000]`)") == kFailed);
  CHECK(search("sort(`[1,\"a\"]`)") == kFailed);
  CHECK(search("sort(`[[1],[2]]`)") == kFailed);
  CHECK(search("sort(`[]`)") == "[]");
}

TEST_CASE("jmes functions: sort_by is stable and checks its keys", "[expr][unit]") {
  CHECK(
      search("sort_by(@,&k)[*].i", R"([{"k":2,"i":1},{"k":1.5,"i":2},{"k":2,"i":3},{"k":-1,"i":4},{"k":2,"i":5}])") ==
      "*[4,2,1,3,5]"
  );
  CHECK(search("sort_by(@,&@)", "[3000000000,1]") == "[1,3000000000]");
  CHECK(search("sort_by(@,&k)[*].k", R"([{"k":"b"},{"k":"B"},{"k":"a"}])") == R"(*["B","a","b"])");
  CHECK(
      search("sort_by(@,&k)[*].k", R"([{"k":"2024-12-01T00:00:00Z"},{"k":"2024-01-01T00:00:00Z"}])") ==
      R"(*["2024-01-01T00:00:00Z","2024-12-01T00:00:00Z"])"
  );
  CHECK(search("sort_by(@,&k)", R"([{"k":"2024-12-01T00:00:00Z"},{"k":"x"}])") == kFailed);
  CHECK(search("sort_by(@,&k)", R"([{"k":1},{"k":"x"}])") == kFailed);
  CHECK(search("sort_by(@,&k)", R"([{"k":true}])") == kFailed);
}

TEST_CASE("jmes functions: to_number reads what .NET reads, without groups", "[expr][unit]") {
  for (const auto& [text, number] :
       {std::pair{" 78 ", "78"},
        {"+5", "5"},
        {"-0", "0"},
        {"007", "7"},
        {"1e3", "1000.0"},
        {".5", "0.5"},
        {"5.", "5.0"},
        {"infinity", "\"Infinity\""},
        {"1e400", "\"Infinity\""},
        {"99999999999999999999", "1E+20"},
        {"1,234", "null"},
        {"0x1F", "null"},
        {"", "null"},
        {"78%", "null"}}) {
    INFO(text);
    CHECK(search("to_number('" + std::string(text) + "')") == number);
  }
  CHECK(search("to_number(`\"5\\u0000\"`)") == "5");
  CHECK(search("to_number(`true`)") == "null");
  CHECK(search("to_number(`\"2024-03-05T08:15:30Z\"`)") == "null");
  CHECK(search("to_number(`1.50`)") == "1.5");
}

TEST_CASE("jmes functions: to_string keeps texts and dates", "[expr][unit]") {
  CHECK(search("to_string(`3.0`)") == "\"3.0\"");
  CHECK(search("to_string(`1e17`)") == "\"1E+17\"");
  CHECK(search("to_string(`[1,\"a\",null]`)") == R"("[1,\"a\",null]")");
  CHECK(search("to_string(missing)") == "\"null\"");
  CHECK(search("to_string(`\"2024-03-05T08:15:30Z\"`)") == "\"2024-03-05T08:15:30Z\"");
  CHECK(search("to_string(`99999999999999999999`)") == "\"99999999999999999999\"");
}

TEST_CASE("jmes functions: integer arithmetic wraps, float arithmetic follows IEEE", "[expr][unit]") {
  CHECK(search("add(`9223372036854775807`,`1`)") == "-9223372036854775808");
  CHECK(search("subtract(`-9223372036854775808`,`1`)") == "9223372036854775807");
  CHECK(search("multiply(`9223372036854775807`,`2`)") == "-2");
  CHECK(search("multiply(`78`,`0.0254`)") == "1.9811999999999999");
  CHECK(search("add(`1`,`1.0`)") == "2.0");
  CHECK(search("add(`99999999999999999999`,`1`)") == kFailed);
  CHECK(search("add(`null`,`1`)") == kFailed);
}

TEST_CASE("jmes functions: divide truncates integers", "[expr][unit]") {
  CHECK(search("divide(`40`,`50`)") == "0");
  CHECK(search("divide(`7`,`-2`)") == "-3");
  CHECK(search("divide(`7`,`2.0`)") == "3.5");
  CHECK(search("divide(`1`,`0`)") == kFailed);
  CHECK(search("divide(`1`,`0.0`)") == "\"Infinity\"");
  CHECK(search("divide(`-9223372036854775808`,`-1`)") == kFailed);
}

TEST_CASE("jmes functions: pow rounds halves to even", "[expr][unit]") {
  CHECK(search("pow(`2`,`-1`)") == "0");
  CHECK(search("pow(`2`,`62`)") == "4611686018427387904");
  CHECK(search("pow(`2`,`63`)") == kFailed);
  CHECK(search("pow(`0`,`-1`)") == kFailed);
  CHECK(search("pow(`3`,`39`)") == "4052555153018976256");
  CHECK(search("pow(`-8.0`,`0.5`)") == "\"NaN\"");
}

TEST_CASE("jmes functions: insertString refuses positions outside the text, and dates", "[expr][unit]") {
  CHECK(search("insertString('suess','cc',`2`)") == "\"success\"");
  CHECK(search("insertString('ab','!',`2`)") == "\"ab!\"");
  CHECK(search("insertString('ab','!',`3`)") == kFailed);
  CHECK(search("insertString('ab','!',`-1`)") == kFailed);
  CHECK(search("insertString('ab','!',`1.0`)") == kFailed);
  CHECK(search("insertString(`\"2024-03-05T08:15:30Z\"`,'!',`0`)") == kFailed);
}

TEST_CASE("jmes functions: fromUnixTimestamp knows the years 1 to 9999", "[expr][unit]") {
  CHECK(search("fromUnixTimestamp(`1625677200`)") == "\"2021-07-07T17:00:00Z\"");
  CHECK(search("fromUnixTimestamp(`-62135596800`)") == "\"0001-01-01T00:00:00Z\"");
  CHECK(search("fromUnixTimestamp(`-62135596801`)") == kFailed);
  CHECK(search("fromUnixTimestamp(`253402300799`)") == "\"9999-12-31T23:59:59Z\"");
  CHECK(search("fromUnixTimestamp(`253402300800`)") == kFailed);
  CHECK(search("fromUnixTimestamp(`1.0`)") == kFailed);
  CHECK(search("fromUnixTimestampMs(`1626799080123`)") == "\"2021-07-20T16:38:00.123Z\"");
  CHECK(search("fromUnixTimestampMs(`253402300799999`)") == "\"9999-12-31T23:59:59.999Z\"");
  CHECK(search("fromUnixTimestampMs(`253402300800000`)") == kFailed);
}

}  // namespace aorta::expr
