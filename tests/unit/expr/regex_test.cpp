#include <catch2/catch.hpp>
#include <string>

#include "core/expr/json_path/regex.hpp"

using aorta::expr::json_path::Regex;

namespace {

bool matches(std::string_view pattern, std::string_view text, std::string_view options = "") {
  auto regex = Regex::compile(pattern, options);
  INFO(pattern);
  REQUIRE(regex.has_value());
  std::uint64_t steps = 10'000'000;
  Regex::Outcome outcome = (*regex)->search(text, steps);
  REQUIRE(outcome != Regex::Outcome::TooCostly);
  return outcome == Regex::Outcome::Yes;
}

std::string refusal(std::string_view pattern) {
  auto regex = Regex::compile(pattern, "");
  return regex.has_error() ? std::string(regex.error().message()) : "";
}

}  // namespace

TEST_CASE("regex: a pattern occurs anywhere unless it is anchored", "[expr]") {
  CHECK(matches("mm", "xmmHg"));
  CHECK_FALSE(matches("^mm", "xmmHg"));
  CHECK(matches("Hg$", "mmHg\n"));
  CHECK_FALSE(matches("Hg\\z", "mmHg\n"));
  CHECK(matches("", ""));
  CHECK(matches("^$", ""));
  CHECK(matches("^b$", "a\nb\nc", "m"));
  CHECK_FALSE(matches("^b$", "a\nb\nc"));
  CHECK(matches("\\bkg\\b", "5 kg."));
  CHECK_FALSE(matches("\\bkg\\b", "5kg."));
}

TEST_CASE("regex: quantifiers and alternatives", "[expr]") {
  CHECK(matches("^a{2,3}$", "aaa"));
  CHECK_FALSE(matches("^a{2,3}$", "aaaa"));
  CHECK(matches("^a{2,}$", "aaaa"));
  CHECK(matches("^(ab|c)+?d?$", "abcabd"));
  CHECK(matches("^a{,2}$", "a{,2}"));
  CHECK(matches("^(a*)*$", "aaa"));
  CHECK(matches("^(|a)+$", ""));
  CHECK_FALSE(matches("^(kg|lb)$", "kglb"));
}

TEST_CASE("regex: sets, classes and escapes", "[expr]") {
  CHECK(matches("^[a-c\\d_-]+$", "ab-3_"));
  CHECK_FALSE(matches("^[^a-c]+$", "xa"));
  CHECK(matches("^[]x]+$", "x]"));
  CHECK(matches("^[a-z-[aeiou]]+$", "xyz"));
  CHECK_FALSE(matches("^[a-z-[aeiou]]+$", "xyza"));
  CHECK(matches("^\\w+$", "tempéрату_9"));
  CHECK(matches("^\\d$", "\u0663"));
  CHECK(matches("^\\s$", "\u00a0"));
  CHECK(matches("^\\x41\\u00e9\\/\\.\\t$", "Aé/.\t"));
  CHECK(matches("^\\p{L}+\\P{L}$", "aé1"));
  CHECK(matches("^..$", "\U0001F600"));
  CHECK_FALSE(matches("a.b", "a\nb"));
  CHECK(matches("a.b", "a\nb", "s"));
}

TEST_CASE("regex: letter case is that of the invariant culture", "[expr]") {
  CHECK(matches("mmhg", "mmHg", "i"));
  CHECK(matches("^[À-Þ]$", "é", "i"));
  CHECK(matches("k", "\u212A", "i"));
  CHECK(matches("(?i)KG", "kg"));
  CHECK(matches("(?i:k)g", "Kg"));
  CHECK_FALSE(matches("(?i:k)g", "KG"));
  CHECK_FALSE(matches("((?i)k)g", "kG"));
  CHECK_FALSE(matches("[^a]", "A", "i"));
}

TEST_CASE("regex: what stands around can be asked for", "[expr]") {
  CHECK(matches("^(?!raw)", "derived"));
  CHECK_FALSE(matches("^(?!raw)", "raw:x"));
  CHECK(matches("\\d(?=kg)", "5kg"));
  CHECK(matches("(?<=\\bid-)7", "id-7"));
  CHECK_FALSE(matches("(?<!id-)7", "id-7"));
  CHECK(matches("(?<=^ab+)c", "abbbc"));
}

TEST_CASE("regex: groups of every naming, comments and free spacing", "[expr]") {
  CHECK(matches("^(?<unit>kg)(?'n'x)(?:y)(?#comment)$", "kgxy"));
  CHECK(matches("(?x) k g # unit", "kg"));
  CHECK_FALSE(matches("k g", "kg", "x"));
}

TEST_CASE("regex: what is not understood is refused with its name", "[expr]") {
  CHECK(refusal("(a)\\1").find("backreferences") != std::string::npos);
  CHECK(refusal("(?>a)").find("atomic") != std::string::npos);
  CHECK(refusal("(?(a)b|c)").find("conditional") != std::string::npos);
  CHECK(refusal("(?<a-b>x)").find("balancing") != std::string::npos);
  CHECK(refusal("\\p{IsGreek}").find("\\p") != std::string::npos);
  CHECK(refusal("(a{1000}){1000}").find("too large") != std::string::npos);
  for (const char* pattern :
       {"(", ")", "[", "[b-a]", "*a", "a**", "a{2}{3}", "a*+", "\\", "\\y", "(?", "(?<", "\\x1", "a{3,2}", "(?<>x)",
        "|*"}) {
    INFO(pattern);
    CHECK_FALSE(refusal(pattern).empty());
  }
}

TEST_CASE("regex: steps are linear in the text, whatever the pattern", "[expr]") {
  auto steps_of = [](const std::string& pattern, std::size_t size) {
    constexpr std::uint64_t kMany = 1'000'000'000;
    std::uint64_t left = kMany;
    auto regex = Regex::compile(pattern, "");
    REQUIRE(regex.has_value());
    CHECK((*regex)->search(std::string(size, 'x') + "!", left) == Regex::Outcome::No);
    return kMany - left;
  };
  for (const char* pattern : {"(x+x+)+y", "^(x+)+$", "(x|xx)*y", "(x*)*y", "(x?){30}x{30}y", "(.*)(.*)(.*)(.*)y"}) {
    INFO(pattern);
    CHECK(steps_of(pattern, 4000) <= 2 * steps_of(pattern, 2000) + 4000);
  }
  // What stands around is asked for anew at each place.
  CHECK(steps_of("(?=(x+)+y)x", 1000) <= 4 * steps_of("(?=(x+)+y)x", 500) + 100'000);
}

TEST_CASE("regex: steps are bounded", "[expr]") {
  std::string text(100'000, 'x');
  auto regex = Regex::compile("(x+x+)+y", "");
  std::uint64_t steps = 100'000'000;
  CHECK((*regex)->search(text, steps) == Regex::Outcome::No);
  std::uint64_t few = 1000;
  CHECK((*regex)->search(text, few) == Regex::Outcome::TooCostly);
}

TEST_CASE("regex: a token's text is taken apart at its last slash", "[expr]") {
  std::uint64_t steps = 1000;
  CHECK((*Regex::compile_token("/KG/i"))->search("kg", steps) == Regex::Outcome::Yes);
  CHECK((*Regex::compile_token("a/"))->search("", steps) == Regex::Outcome::Yes);
  CHECK(Regex::compile_token("/").has_error());
  CHECK(Regex::compile_token("kg").has_error());
  CHECK(Regex::compile_token("").has_error());
}
