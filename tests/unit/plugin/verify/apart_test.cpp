#include "core/plugin/verify/apart.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <thread>

using namespace aorta::plugin::verify;
using std::chrono::milliseconds;

namespace {

Apart apart(const std::function<void(Report&)>& check, milliseconds limit = milliseconds(5000)) {
  return run_apart(check, "/", limit);
}

std::string only(const Apart& apart) {
  REQUIRE(apart.findings.size() == 1);
  return apart.findings.front();
}

}  // namespace

TEST_CASE("verify apart: a check that finds nothing leaves nothing", "[plugin]") {
  Apart quiet = apart([](Report&) {});
  CHECK(quiet.findings.empty());
  CHECK(quiet.skipped.empty());
}

TEST_CASE("verify apart: findings come once each, lines as sentences", "[plugin]") {
  Apart told = apart([](Report& report) {
    report.found_lines("first\nsecond\nfirst");
    report.skipped("no time");
  });
  CHECK(told.findings == std::vector<std::string>{"first", "second"});
  CHECK(told.skipped == "no time");
}

TEST_CASE("verify apart: what was said before a crash is kept", "[plugin]") {
  Apart told = apart([](Report& report) {
    report.found("about to end");
    std::signal(SIGTERM, SIG_DFL);
    raise(SIGTERM);
  });
  REQUIRE(told.findings.size() == 2);
  CHECK(told.findings[0] == "about to end");
  CHECK(told.findings[1].find("SIGTERM") != std::string::npos);
}

TEST_CASE("verify apart: an exit and an exception are findings", "[plugin]") {
  CHECK(only(apart([](Report&) { _exit(0 + 7); })).find("exit()") != std::string::npos);
  CHECK(only(apart([](Report&) { throw 42; })).find("exception") != std::string::npos);
}

TEST_CASE("verify apart: time is limited, also for what was started", "[plugin]") {
  auto begun = std::chrono::steady_clock::now();
  Apart told = apart(
      [](Report&) {
        if (fork() >= 0) std::this_thread::sleep_for(std::chrono::seconds(60));
      },
      milliseconds(200)
  );
  CHECK(only(told).find("200 ms") != std::string::npos);
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(30));
}
