#include "core/config/scalar.hpp"

#include <catch2/catch.hpp>

using namespace aorta::config;
using Kind = Value::Kind;

TEST_CASE("scalar: numbers keep their digits and are spelled as JSON", "[config]") {
  struct Case {
    const char *yaml, *json;
  };
  for (Case c :
       {Case{"0", "0"},
        {"-0", "-0"},
        {"12", "12"},
        {"+5", "5"},
        {"37.250", "37.250"},
        {".5", "0.5"},
        {"5.", "5"},
        {"-.5e3", "-0.5e3"},
        {"1E+5", "1e+5"},
        {"0.10", "0.10"}}) {
    CAPTURE(c.yaml);
    CHECK(read_plain(c.yaml).kind == Kind::Number);
    CHECK(read_plain(c.yaml).text == c.json);
  }
}

TEST_CASE("scalar: numbers that readers disagree about are refused", "[config]") {
  CHECK(read_plain("010").problem == "readers disagree about 010; write 10 or \"010\"");
  CHECK(read_plain("-007").problem == "readers disagree about -007; write -7 or \"-007\"");
  CHECK(read_plain("00.5").problem == "readers disagree about 00.5; write 0.5 or \"00.5\"");
  for (const char* odd : {"0x1F", "0o17", "0b11", "00", "01e5"}) {
    CAPTURE(odd);
    CHECK_FALSE(read_plain(odd).problem.empty());
  }
}

TEST_CASE("scalar: all else is text, also what older YAML took for something", "[config]") {
  for (const char* text :
       {"no", "yes", "on", "12:30", "2026-11-22", "1_000", ".", "-", "+", "e5", "1e", "1.2.3", ".inf", ".nan", "0x",
        "0xZZ", "010a", "5s", "tRUE"}) {
    CAPTURE(text);
    Scalar scalar = read_plain(text);
    CHECK(scalar.kind == Kind::String);
    CHECK(scalar.text == text);
    CHECK(scalar.problem.empty());
  }
}

TEST_CASE("scalar: booleans and nothing", "[config]") {
  CHECK(read_plain("True").kind == Kind::Bool);
  CHECK(read_plain("True").text == "true");
  CHECK(read_plain("FALSE").text == "false");
  for (const char* nothing : {"", "~", "null", "Null", "NULL"}) CHECK(read_plain(nothing).kind == Kind::Null);
}
