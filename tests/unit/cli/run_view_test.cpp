#include "core/cli/run_view.hpp"

#include <catch2/catch.hpp>
#include <sstream>

using namespace aorta;
using namespace aorta::cli;
using namespace std::chrono_literals;

namespace {

struct Shown {
  explicit Shown(observe::Terminal terminal, Format format = Format::Text)
      : context{out, err, terminal, terminal, format},
        view(context, {"ward", "ward.yaml", "file → db", "var/ward.db"}) {
    view.started();
    start = RunView::Clock::now();
  }
  // What was written since the last time.
  std::string take() {
    std::string written = out.str();
    out.str("");
    return written;
  }

  std::ostringstream out, err;
  Context context;
  RunView view;
  RunView::Clock::time_point start;
};

pipeline::Counts counts(std::uint64_t accepted, std::uint64_t written, std::uint64_t in_flight) {
  pipeline::Counts out;
  out.accepted = accepted;
  out.written = out.settled = written;
  out.in_flight = in_flight;
  return out;
}

pipeline::Report report(const pipeline::Counts& counts) {
  pipeline::Report out;
  out.counts = counts;
  return out;
}

std::size_t columns(std::string_view line) {
  std::size_t out = 0;
  for (char c : line) out += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return out;
}

constexpr observe::Terminal kWide{.interactive = true, .color = true, .width = 100};
constexpr observe::Terminal kPlain{.interactive = true, .color = false, .width = 100};

}  // namespace

TEST_CASE("run view: on a terminal two lines are drawn over the ones before", "[cli]") {
  Shown shown(kWide);
  CHECK(shown.take().find("file → db\n") != std::string::npos);
  shown.view.progress(counts(1200, 1000, 200), {50, 100}, shown.start + 1s);
  std::string first = shown.take();
  CHECK(first.find("\x1b[2A") == std::string::npos);
  CHECK(first.starts_with("  1,200 messages   50 %   1.2 k/s   2 s left\n"));
  CHECK(first.find("written 1,000   merged 0   filtered 0   dead-lettered 0   in flight 200\n") != std::string::npos);
  shown.view.progress(counts(1300, 1300, 0), {60, 100}, shown.start + 2s);
  CHECK(shown.take().starts_with("\x1b[2A\x1b[J  1,300 messages   60 %"));
}

TEST_CASE("run view: where colours are not wanted, no escape code is written", "[cli]") {
  Shown shown(kPlain);
  for (int i = 1; i < 4; ++i) shown.view.progress(counts(1, 1, 0), {}, shown.start + i * 1s);
  shown.view.log("a warning\n");
  shown.view.ended(report(counts(1, 1, 0)), {}, shown.start + 4s);
  std::string all = shown.take();
  CHECK(all.find('\x1b') == std::string::npos);
  CHECK(all.find("\r") != std::string::npos);
  CHECK(all.find("\rDone in 4.0 s. ") != std::string::npos);
}

TEST_CASE("run view: a source without an end has a rate, however slow, and no time left", "[cli]") {
  Shown shown(kWide);
  shown.take();
  shown.view.progress(counts(3, 1, 2), {300, 0}, shown.start + 10s);
  std::string drawn = shown.take();
  CHECK(drawn.starts_with("  3 messages   0.3 /s\n"));
  CHECK(drawn.find("in flight 2\n") != std::string::npos);
}

TEST_CASE("run view: lines are cut to the terminal's width", "[cli]") {
  for (int width : {1, 2, 10, 40}) {
    for (bool color : {true, false}) {
      Shown shown({.interactive = true, .color = color, .width = width});
      shown.take();
      shown.view.progress(counts(1'000'000, 900'000, 100'000), {50, 100}, shown.start + 10s);
      std::istringstream lines(shown.take());
      for (std::string line; std::getline(lines, line);) CHECK(columns(line) <= static_cast<std::size_t>(width));
    }
  }
}

TEST_CASE("run view: the log's lines stand above the picture", "[cli]") {
  Shown shown(kWide);
  shown.view.progress(counts(1, 1, 0), {}, shown.start + 1s);
  shown.take();
  shown.view.log("");
  CHECK(shown.take().empty());
  shown.view.log("a warning\n");
  CHECK(shown.take() == "\x1b[2A\x1b[J");
  CHECK(shown.err.str() == "a warning\n");
  shown.view.progress(counts(1, 1, 0), {}, shown.start + 2s);
  CHECK(shown.take().starts_with("  1 message"));
}

TEST_CASE("run view: elsewhere a line at the start, one a minute, one at the end", "[cli]") {
  Shown shown({});
  CHECK(shown.take().starts_with("pipeline=ward event=started seconds=0.0 accepted=0"));
  shown.view.progress(counts(5, 5, 0), {}, shown.start + 59s);
  CHECK(shown.take().empty());
  shown.view.progress(counts(6, 6, 0), {}, shown.start + 61s);
  CHECK(shown.take().starts_with("pipeline=ward event=running seconds=61.0 accepted=6"));
  shown.view.progress(counts(7, 7, 0), {}, shown.start + 62s);
  CHECK(shown.take().empty());
  shown.view.ended(report(counts(7, 7, 0)), {}, shown.start + 63s);
  std::string end = shown.take();
  CHECK(end.starts_with("pipeline=ward event=ended seconds=63.0 accepted=7"));
  CHECK(end.find("(ledger balances)") != std::string::npos);
}

TEST_CASE("run view: an end that is none says so, with the reasons", "[cli]") {
  Shown shown(kWide);
  pipeline::Report early = report(counts(5, 1, 0));
  early.counts.dead_lettered = 3;
  early.dead_letters = {{"a/rare", 1}, {"b/often", 2}};
  early.failures.push_back(Error("store-full", "the disk is full"));
  shown.view.ended(early, {}, shown.start + 1s);
  std::string end = shown.take();
  CHECK(end.find("Ended early, after 1.0 s.") != std::string::npos);
  CHECK(end.find("THE LEDGER DOES NOT BALANCE") != std::string::npos);
  CHECK(end.find("3 dead letters: 2 × b/often, 1 × a/rare\n    aorta deadletter list ward.yaml") != std::string::npos);
}

TEST_CASE("run view: texts are fitted by characters", "[cli]") {
  CHECK(fit("abc", 3) == "abc");
  CHECK(fit("abcd", 3) == "ab…");
  CHECK(fit("→→→", 3) == "→→→");
  CHECK(fit("→→→→", 3) == "→→…");
  CHECK(fit("ab", 1) == "…");
  CHECK(fit("ab", 0).empty());
  CHECK(fit("ab", -1).empty());
}
