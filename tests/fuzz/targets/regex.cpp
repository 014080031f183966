// The regular expressions of JSONPath: options NUL pattern NUL text.
#include "core/expr/json_path/regex.hpp"
#include "core/base/arena.hpp"
#include "core/base/unicode.hpp"
#include "tests/fuzz/support/property.hpp"
#include "tests/fuzz/support/target.hpp"

namespace aorta::fuzz {
namespace {

using expr::json_path::Regex;

constexpr std::uint64_t kSteps = 200'000;

Regex::Outcome search(const Regex& regex, std::string_view text, std::uint64_t steps) {
  std::uint64_t left = steps;
  Regex::Outcome outcome = regex.search(text, left);
  require(left <= steps, "a search gives no steps back");
  return outcome;
}

void regex(std::string_view input) {
  Arena arena(kSmallBlock);
  std::string_view options = take_part(input);
  std::string_view pattern = valid_utf8(take_part(input), Surrogates::Allow, arena);
  std::string_view text = valid_utf8(input, Surrogates::Allow, arena);
  auto compiled = Regex::compile(pattern, options);
  if (compiled.has_error()) return require(!compiled.error().message().empty(), "a refusal says why");
  Regex::Outcome outcome = search(**compiled, text, kSteps);
  require(outcome == search(**compiled, arena.copy(text), kSteps), "searching twice ends the same");
  if (outcome == Regex::Outcome::TooCostly) return;
  Regex::Outcome frugal = search(**compiled, text, 10);
  require(frugal == outcome || frugal == Regex::Outcome::TooCostly, "fewer steps give no other answer");
}

}  // namespace

const Target kRegex{"regex", regex, {.seconds = 1}};

}  // namespace aorta::fuzz
