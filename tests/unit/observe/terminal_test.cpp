#include "core/observe/terminal.hpp"

#include <catch2/catch.hpp>

using namespace aorta;
using namespace aorta::observe;

TEST_CASE("terminal: a diagnostic shows its line and underlines what is meant", "[observe]") {
  std::string source = "sinks:\n  fhir:\n      retires: 3\n";
  Diagnostic d{
      Severity::Error, "sinks.fhir.retires: unknown key; did you mean \"retries\"?", "ward.yaml", {3, 7}, 7, {}};
  CHECK(
      diagnostic_text(d, source, Terminal{}) ==
      "ward.yaml:3:7: error: sinks.fhir.retires: unknown key; did you mean \"retries\"?\n"
      "    3 |       retires: 3\n"
      "      |       ^~~~~~~\n"
  );
}

TEST_CASE("terminal: a caret stands below its character, whatever precedes it", "[observe]") {
  Diagnostic d{Severity::Warning, "odd", "f", {1, 5}, 2, "known there: spo2"};
  CHECK(
      diagnostic_text(d, "\t\xC3\xA9\xF0\x9F\x98\x80xy z", Terminal{}) ==
      "f:1:5: warning: odd\n    1 | \t\xC3\xA9\xF0\x9F\x98\x80xy z\n      | \t  ^~\n   known there: spo2\n"
  );
}

TEST_CASE("terminal: without a line there is no excerpt, and colour only frames", "[observe]") {
  Diagnostic d{Severity::Error, "cannot be read", "f", {}, 1, {}};
  CHECK(diagnostic_text(d, "text", Terminal{}) == "f: error: cannot be read\n");
  Terminal colored;
  colored.color = true;
  CHECK(diagnostic_text(d, "", colored) == "\x1b[1mf: \x1b[0m\x1b[1;31merror:\x1b[0m cannot be read\n");
  Diagnostic beyond{Severity::Error, "odd", "f", {9, 9}, 1, {}};
  CHECK(diagnostic_text(beyond, "one line", Terminal{}) == "f:9:9: error: odd\n");
}

TEST_CASE("terminal: control characters never reach it", "[observe]") { CHECK(printable("a\x1b[2Jb\n") == "a?[2Jb?"); }

TEST_CASE("terminal: findings are counted in words", "[observe]") {
  Diagnostics all{{}, {}, {}};
  all[2].severity = Severity::Warning;
  CHECK(tally_text(all) == "2 errors, 1 warning");
  CHECK(tally_text({}) == "no errors");
}
