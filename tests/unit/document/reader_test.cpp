#include "core/document/reader.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/document/read.hpp"

using namespace aorta;
using namespace aorta::document;

namespace {

void check_refused(std::initializer_list<std::string_view> texts) {
  for (std::string_view text : texts) {
    CAPTURE(text);
    CHECK(read(text) == "!not-json");
  }
}

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']');
}

}  // namespace

TEST_CASE("reader: strict JSON", "[document]") {
  CHECK(read(R"({"a":1,"b":[true,false,null,"x"],"":{}})") == R"({"a":1,"b":[true,false,null,"x"],"":{}})");
  CHECK(read(" \t\r\n[ 1 , 2.5 ] ") == "[1,2.5]");
  CHECK(read(R"("\" \\ \/ \b \f \n \r \t \u00e9 \ud83d\ude00")") == "\"\\\" \\\\ / \\b \\f \\n \\r \\t é 😀\"");
  CHECK(read("[]") == "[]");
  CHECK(read("[[],{},[[]]]") == "[[],{},[[]]]");
}

TEST_CASE("reader: integers, floats and big integers are told apart", "[document]") {
  CHECK(kind_of("1") == Kind::Integer);
  CHECK(kind_of("1.0") == Kind::Float);
  CHECK(kind_of("1e2") == Kind::Float);
  CHECK(kind_of("9223372036854775807") == Kind::Integer);
  CHECK(kind_of("9223372036854775808") == Kind::BigInteger);
  CHECK(kind_of("-9223372036854775808") == Kind::Integer);
  CHECK(kind_of("-9223372036854775809") == Kind::BigInteger);
  CHECK(kind_of("-00000000000000000001") == Kind::BigInteger);
  CHECK(read("12345678901234567890") == "12345678901234567890");
  CHECK(read("-00000000000000000001") == "-1");
  CHECK(read("-0") == "0");
  CHECK(read("-0.0") == "-0.0");
  CHECK(read("1e400") == "\"Infinity\"");
  CHECK(read("-1e-400") == "-0.0");
  CHECK(read("123456789.123456789") == "123456789.12345679");
  CHECK(read("0.1e1") == "1.0");
  CHECK(read(std::string(380, '9')) == std::string(380, '9'));
  CHECK(read(std::string(381, '9')) == "!not-json");
}

TEST_CASE("reader: numbers beyond JSON", "[document]") {
  CHECK(read("[.5,-.5,5.,1.e2]") == "[0.5,-0.5,5.0,100.0]");
  CHECK(read("[010,-010,0x1F,0X1f,00]") == "[8,-10,31,31,0]");
  CHECK(read("0xFFFFFFFFFFFFFFFF") == "-1");
  CHECK(read("01777777777777777777777") == "-1");
  CHECK(read("[NaN,Infinity,-Infinity,undefined]") == "[\"NaN\",\"Infinity\",\"-Infinity\",undefined]");
  check_refused(
      {"+5",
       "1e",
       "1e+",
       "08",
       "-0x1F",
       "1_000",
       "0x",
       "02000000000000000000000",
       "0x1FFFFFFFFFFFFFFFF",
       ".",
       "-",
       "-.",
       "1.2.3",
       "--1",
       "1e5.5",
       "5a",
       "0-1",
       "1x",
       "٣",
       "½"}
  );
}

TEST_CASE("reader: a number ends at a bracket, a comma, a comment, a blank or the end", "[document]") {
  CHECK(read("[1/**/,2 ,3\xC2\xA0,{\"a\":4}]") == "[1,2,3,{\"a\":4}]");
  check_refused({"[1\"x\"]", "[1:2]", "[1{}]", "1'"});
}

TEST_CASE("reader: white space is what .NET takes for it, and NUL", "[document]") {
  using namespace std::string_view_literals;
  CHECK(
      read("\x0B\x0C\u00A0\u2028[\0 1\0,\u3000"
           "2\0]\0"sv) == "[1,2]"
  );
  CHECK(read("{\0\"a\"\0\u00A0:\0 1\0}"sv) == "{\"a\":1}");
  check_refused(
      {"[\x01"
       "1]",
       "[\u200B"
       "1]",
       "\uFEFF[1]",
       "[\x1F"
       "1]"}
  );
}

TEST_CASE("reader: comments stand between tokens, but not before a colon", "[document]") {
  CHECK(read("// a\n/* b */[/**/1/*,2*/,//\n3]// end\n/* x */") == "[1,3]");
  CHECK(read("{/*a*/\"k\":/*b*/1/*c*/}") == "{\"k\":1}");
  CHECK(read("{} //x") == "{}");
  check_refused(
      {"{\"k\"/**/:1}", "{k/**/:1}", "[1/]", "[1/*]", "/", "/*", "// only", "/**/", "{}//", "{}/", "[/ /1]", "{}/*",
       "{}/*/"}
  );
}

TEST_CASE("reader: strings in either quote, with anything inside", "[document]") {
  using namespace std::string_view_literals;
  CHECK(read("'it\\'s \"so\"'") == "\"it's \\\"so\\\"\"");
  CHECK(read("\"it's \\' fine\"") == "\"it's ' fine\"");
  CHECK(read("\"a\nb\tc\x01\0d\""sv) == "\"a\\nb\\tc\\u0001\\u0000d\"");
  CHECK(read("'\\\\'") == "\"\\\\\"");
  check_refused(
      {"\"a", "'a\"", "\"\\", "\"\\\"", R"("\x41")", R"("\0")", R"("\u12")", R"("\u12g4")", R"("\u")", R"("\U0041")",
       R"("\ud83d\u12")"}
  );
}

TEST_CASE("reader: a lone surrogate is kept until it is written", "[document]") {
  Document document;
  REQUIRE(document.read_value(R"(["\ud83d","\ude00","\ud83dx","\ud83d\ud83d\ude00"])").has_value());
  CHECK(element(document.root(), 0)->text() == "\xED\xA0\xBD");
  CHECK(json(document.root()) == "[\"\uFFFD\",\"\uFFFD\",\"\uFFFDx\",\"\uFFFD😀\"]");
}

TEST_CASE("reader: names without quotes", "[document]") {
  CHECK(read("{a:1,$b_é9 : 2,1:3,null:4,'x y':5}") == "{\"a\":1,\"$b_é9\":2,\"1\":3,\"null\":4,\"x y\":5}");
  check_refused(
      {"{a-b:1}", "{a.b:1}", "{a b:1}", "{:1}", "{a}", "{a", "{a ", "{\"a\"}", "{\"a\"", "{\"a\":", "{\"a\" 1}",
       "{😀:1}"}
  );
}

TEST_CASE("reader: commas may trail, and stand for missing values", "[document]") {
  CHECK(read("{\"a\":1,}") == "{\"a\":1}");
  CHECK(read("[1,]") == "[1]");
  CHECK(read("[1,,2]") == "[1,undefined,2]");
  CHECK(read("[,1]") == "[undefined,1]");
  CHECK(read("[,]") == "[undefined]");
  CHECK(read("{\"a\":,\"b\":1}") == "{\"a\":undefined,\"b\":1}");
  check_refused(
      {"{,\"a\":1}", "{\"a\":1,,\"b\":1}", "[1 2]", "{\"a\":1 \"b\":2}", "[1", "{\"a\":1", "{\"a\":}", "[1}",
       "{\"a\":1]", "[1)", "]", "}", ")"}
  );
}

TEST_CASE("reader: literals are exact and end at a separator", "[document]") {
  CHECK(read("[true/**/,false]") == "[true,false]");
  check_refused(
      {"True", "truex", "true1", "tru", "nul", "nulL", "nan", "infinity", "-infinity", "undefine", "NaN(", "true{}",
       "true\"x\"", "null)"}
  );
}

TEST_CASE("reader: constructors keep their arguments", "[document]") {
  Document document;
  REQUIRE(document.read_value("[new  Date\n(1,\"x\",[2]), new x()]").has_value());
  const Node& date = *element(document.root(), 0);
  CHECK(date.kind == Kind::Constructor);
  CHECK(date.text() == "Date");
  CHECK(json(*element(date, 1)) == "\"x\"");
  CHECK(json(document.root()) == "[new Date(1,\"x\",[2]),new x()]");
  CHECK(read("new a(true)") == "new a(true)");
  check_refused({"new", "newDate(1)", "new Date", "new Date(1", "new D-te(1)", "new Date(1]", "nex"});
}

TEST_CASE("reader: 64 containers, one in the other, and not one more", "[document]") {
  CHECK(read(nested(64)) == nested(64));
  CHECK(read(nested(65)) == "!too-deep");
  CHECK(read(std::string(1'000'000, '[')) == "!too-deep");
  Document document;
  CHECK(document.read_envelope({nested(64), {}, {}}).has_value());
  CHECK(document.read_envelope({nested(65), {}, {}}).has_error());
}

TEST_CASE("reader: dates are found among values, not among names", "[document]") {
  CHECK(kind_of("\"2024-03-05T08:15:30Z\"") == Kind::Date);
  CHECK(kind_of("'2024\\u002d03-05T08:15:30Z'") == Kind::Date);
  CHECK(
      read("{\"2024-03-05T08:15:30Z\":\"2024-03-05T08:15:30.50+02:00\"}") ==
      "{\"2024-03-05T08:15:30Z\":\"2024-03-05T06:15:30.5+00:00\"}"
  );
  CHECK(read("\"9999-12-31T24:00:00\"") == "!date-out-of-range");
  CHECK(read("\"9999-12-31T24:00:00\"", {.dates = false}) == "\"9999-12-31T24:00:00\"");
}

TEST_CASE("reader: an error says where", "[document]") {
  Document document;
  Error error = document.read_value("{\n  \"é😀\": tru\n}").error();
  CHECK(error.position() == Position{2, 10});
  CHECK(std::string(error.message()).find("line 2, column 10") != std::string::npos);
  CHECK(document.root().kind == Kind::Null);
}
